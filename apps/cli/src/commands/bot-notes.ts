/* Explanations that the help of several commands shares. */

export const ACCEPTED_OR_DONE: string =
  'The bot answers as soon as it has accepted the command. With --wait it answers when the command is\n' +
  'done, up to 30 s later. A bot that refuses or fails makes this command end with exit code 1.'
