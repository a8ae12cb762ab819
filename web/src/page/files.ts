// What a set of dropped files is: models, devices, and candidates for external data. Only names and,
// for JSON, a little content decide; a file that turns out to be wrong is explained by the core.

export interface DroppedFiles {
  models: File[];
  devices: { file: string; content: string; name: string }[];
  /** Whatever else: external data if the model asks for it, else left alone. */
  others: File[];
  /** Device files that cannot be read as such. */
  broken: { name: string; reason: 'json' | 'schema' }[];
}

const kDeviceSchema = 'trtreport-device/1';
/** A device file of the probe takes some kilobytes; a large JSON is something else. */
const kMostDeviceBytes = 4 << 20;

export const baseName = (path: string) => path.split(/[\\/]/).pop() ?? path;
const isModel = (file: File) => /\.onnx$/i.test(file.name);
const isJson = (file: File) => /\.json$/i.test(file.name) && file.size <= kMostDeviceBytes;

export async function sortFiles(files: File[]): Promise<DroppedFiles> {
  const sorted: DroppedFiles = { models: [], devices: [], others: [], broken: [] };
  for (const file of files) {
    if (isModel(file)) sorted.models.push(file);
    else if (isJson(file)) await sortJson(file, sorted);
    else sorted.others.push(file);
  }
  return sorted;
}

async function sortJson(file: File, sorted: DroppedFiles): Promise<void> {
  const content = await file.text();
  try {
    const value = JSON.parse(content) as { schema?: unknown; name?: unknown } | null;
    if (value?.schema === kDeviceSchema && typeof value.name === 'string')
      sorted.devices.push({ file: file.name, content, name: value.name });
    else sorted.broken.push({ name: file.name, reason: 'schema' });
  } catch {
    sorted.broken.push({ name: file.name, reason: 'json' });
  }
}

/** Files of a drop, those inside dropped folders included. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return [...transfer.files];
  const found: File[] = [];
  for (const entry of entries) if (entry) await walk(entry, found, 0);
  return found;
}

const kMostFiles = 2000;
const kDeepest = 8;

async function walk(entry: FileSystemEntry, found: File[], depth: number): Promise<void> {
  if (found.length >= kMostFiles || depth > kDeepest) return;
  if (entry.isFile) {
    found.push(
      await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      ),
    );
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, found, depth + 1);
  }
}
