import { definePlugin } from '@botbus/plugin'
import { z } from 'zod'

export default definePlugin({
  name: 'failing',
  config: z.object({}),
  setup() {
    throw new Error('it cannot start')
  },
})
