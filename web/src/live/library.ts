// The device library, which lies beside the page: read by the worker for the core, and by the page's
// editor for what a device is made of.

/** A device file of the schema "trtreport-device/1", as far as the page looks into it. */
export interface DeviceFile {
  schema: string;
  name: string;
  kind: string;
  aliases?: string[];
  structure?: Record<string, unknown>;
  [member: string]: unknown;
}

export async function readLibrary(): Promise<DeviceFile[]> {
  const response = await fetch('devices.json');
  if (!response.ok) throw new Error(`devices.json: ${response.status} ${response.statusText}`);
  return (await response.json()) as DeviceFile[];
}

/** As the core takes them. */
export const filesOf = (devices: DeviceFile[]) =>
  devices.map((device) => ({
    file: `${device.aliases?.[0] ?? device.name}.json`,
    content: JSON.stringify(device),
  }));
