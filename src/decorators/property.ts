/** The getter and setter of this name on an object or the nearest of its prototypes that has the name; undefined for fields. */
export function accessorOf(object: unknown, name: string): PropertyDescriptor | undefined {
  for (let owner = object; typeof owner === 'object' && owner !== null; owner = Object.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor !== undefined) return descriptor.get || descriptor.set ? descriptor : undefined;
  }
  return undefined;
}
