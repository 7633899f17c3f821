// Starts the programs under test and ends them again, whatever happens.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the function returns something true. Says what it waited for when it gives up. */
export async function eventually(what, check, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
    await sleep(50);
  }
}

/** A directory that is removed after the test. */
export async function temporaryDirectory(t) {
  const path = await mkdtemp(join(tmpdir(), 'suar-browser-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A child process that is ended after the test, with all that it started. */
function start(t, command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => (output = (output + text).slice(-4000)));
  }
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', (error) => {
      output += String(error);
      resolve(-1);
    });
  });
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGTERM'); // its process group
    }
    await ended;
  };
  t.after(stop);
  return { stop, ended, output: () => output, running: () => child.exitCode === null && child.signalCode === null };
}

/** Starts the server on a directory; returns its address. `port` 0 takes a free one. */
export async function startServer(t, directory, port = 0) {
  const program = process.env.SUAR_PROGRAM;
  if (!program) throw new Error('expected the path of the program suar in SUAR_PROGRAM, found nothing');
  const portFile = join(await temporaryDirectory(t), 'port');
  const server = start(t, program, [directory, '--port', String(port), '--port-file', portFile]);
  const chosen = await eventually('the server to write its port', async () => {
    if (!server.running()) throw new Error(`the server ended: ${server.output()}`);
    const text = await readFile(portFile, 'utf8').catch(() => '');
    return text.endsWith('\n') || /^\d+$/.test(text) ? Number(text) : 0;
  });
  return { ...server, port: chosen, address: `http://127.0.0.1:${chosen}/` };
}

/** Starts the command SUAR_TRAINER, which gets the directory as its last argument. */
export function startTrainer(t, directory) {
  return start(t, '/bin/sh', ['-c', `exec ${process.env.SUAR_TRAINER} "$1"`, 'trainer', directory]);
}
