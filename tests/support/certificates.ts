export { authority, type Certificate, certificate } from '../../packages/conformance/src/security/certificates.ts'
