import 'reflect-metadata'
import { Controller, type INestMicroservice, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { EventPattern, MessagePattern, type MicroserviceOptions } from '@nestjs/microservices'

/*
 * An application as in the documentation. The decorators are called as functions, because Node removes types and knows no decorators.
 */

export async function listenForCalls(
  options: MicroserviceOptions,
  pattern: string,
  answer: (request: unknown) => unknown,
): Promise<INestMicroservice> {
  class CallsController {
    answer(request: unknown): unknown {
      return answer(request)
    }
  }
  decorate(MessagePattern(pattern), CallsController.prototype, 'answer')
  return await listen(options, CallsController)
}

export async function listenForEvents(
  options: MicroserviceOptions,
  patterns: readonly string[],
  onMessage: (message: unknown) => void,
): Promise<INestMicroservice> {
  class EventsController {
    take(message: unknown): void {
      onMessage(message)
    }
  }
  decorate(EventPattern([...patterns]), EventsController.prototype, 'take')
  return await listen(options, EventsController)
}

type Constructor = new () => object

async function listen(options: MicroserviceOptions, controller: Constructor): Promise<INestMicroservice> {
  class ApplicationModule {}
  Controller()(controller)
  Module({ controllers: [controller] })(ApplicationModule)
  const application = await NestFactory.createMicroservice<MicroserviceOptions>(ApplicationModule, {
    ...options,
    logger: false,
    abortOnError: false,
  })
  await application.listen()
  return application
}

function decorate(decorator: MethodDecorator, prototype: object, method: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method)
  if (descriptor === undefined) throw new TypeError(`no method ${method}`)
  decorator(prototype, method, descriptor)
}
