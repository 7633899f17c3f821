import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** The package folder that a module lies in, or undefined for a module of our own. */
function packageFolder(moduleId: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
}

function licenseText(folder: string): string {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const names = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'license.md'];
  const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  const text = file ? readFileSync(file, 'utf8').trim() : `License: ${about.license ?? 'unknown'}`;
  return `${about.name} ${about.version}\n\n${text}\n`;
}

/** Folders of all packages met by any build (the main one and those of the workers). */
const folders = new Set<string>();

/** Notes which packages end up in a bundle. Workers are built on their own and need it too. */
export function collectLicenses(): Plugin {
  return {
    name: 'suar-collect-licenses',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const [id, module] of Object.entries(chunk.modules)) {
          const folder = module.renderedLength > 0 ? packageFolder(id) : undefined;
          if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
        }
      }
    },
  };
}

/** Emits the licences of what was bundled, as those licences ask for. */
export function emitLicenses(): Plugin {
  return {
    name: 'suar-emit-licenses',
    generateBundle: {
      order: 'post',
      handler() {
        const parts = [...folders].sort((a, b) => dirname(a).localeCompare(dirname(b))).map(licenseText);
        this.emitFile({
          type: 'asset',
          fileName: 'licenses.txt',
          source: `The pages of Suar contain these packages.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`,
        });
      },
    },
  };
}
