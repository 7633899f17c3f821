import { layoutScene } from './layout';
import type { GroupRequest } from './scene';

// A worker: layouts of large models must not freeze the page.
self.onmessage = (event: MessageEvent<{ id: number; request: GroupRequest }>) => {
  const { id, request } = event.data;
  try {
    self.postMessage({ id, scene: layoutScene(request) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
