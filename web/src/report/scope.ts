// The module hierarchy, from each layer's scope ("layer1/layer1.0/conv1").

import type { DocumentNode } from './document';

export interface Module {
  name: string;
  path: string;
  parent: Module | null;
  children: Map<string, Module>;
  /** Layers that belong to this module itself, not to a child. */
  own: number[];
}

// A hostile scope must not make the recursions below deep.
const kMaxDepth = 64;

function makeModule(name: string, parent: Module | null): Module {
  const path = parent && parent.path ? `${parent.path}/${name}` : name;
  return { name, path, parent, children: new Map(), own: [] };
}

export function buildModules(nodes: DocumentNode[]): Module {
  const root = makeModule('', null);
  for (const node of nodes) {
    let module = root;
    for (const part of (node.scope ?? '').split('/', kMaxDepth)) {
      if (part === '') continue;
      let child = module.children.get(part);
      if (!child) module.children.set(part, (child = makeModule(part, module)));
      module = child;
    }
    module.own.push(node.id);
  }
  return root;
}

export function findModule(root: Module, path: string): Module {
  let module = root;
  for (const part of path.split('/')) {
    if (part === '') continue;
    const child = module.children.get(part);
    if (!child) return root;
    module = child;
  }
  return module;
}

/** Skips wrappers that hold everything ("model/…"), so that the first split shown tells something. */
export function firstSplit(root: Module): Module {
  let module = root;
  while (module.own.length === 0 && module.children.size === 1) {
    module = [...module.children.values()][0]!;
  }
  return module.children.size === 0 ? (module.parent ?? module) : module;
}

export interface Valued {
  module: Module | null;
  id: number | null;
  name: string;
  path: string;
  value: number;
  layers: number;
  children: Valued[];
}

/** The module's tree with summed values of the layers that `include` takes, biggest first. */
export function valueTree(
  module: Module,
  value: (id: number) => number,
  include: (id: number) => boolean,
): Valued {
  const children: Valued[] = [];
  for (const child of module.children.values()) {
    const valued = valueTree(child, value, include);
    if (valued.layers > 0) children.push(valued);
  }
  for (const id of module.own) {
    if (!include(id)) continue;
    children.push({
      module: null,
      id,
      name: '',
      path: module.path,
      value: value(id) || 0,
      layers: 1,
      children: [],
    });
  }
  // A module that only wraps another one is shown as one: "model/encoder".
  const [only] = children;
  if (children.length === 1 && only?.module)
    return { ...only, name: module.name ? `${module.name}/${only.name}` : only.name };
  children.sort((a, b) => b.value - a.value);
  let total = 0;
  let layers = 0;
  for (const child of children) {
    total += child.value;
    layers += child.layers;
  }
  return { module, id: null, name: module.name, path: module.path, value: total, layers, children };
}

/** The top-level module of each layer below `base`, by layer id. */
export function moduleOfLayer(base: Module, layers: number): (string | null)[] {
  const names: (string | null)[] = new Array<string | null>(layers).fill(null);
  const mark = (module: Module, label: string) => {
    for (const id of module.own) names[id] = label;
    for (const child of module.children.values()) mark(child, label);
  };
  for (const child of base.children.values()) mark(child, child.path);
  return names;
}
