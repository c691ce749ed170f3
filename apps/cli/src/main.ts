#!/usr/bin/env node
import { program } from './program.ts'
import { report } from './report.ts'

try {
  await program().parseAsync(process.argv)
} catch (error) {
  process.exitCode = report(error)
}
