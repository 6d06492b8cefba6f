package dev.breakmake.engine.platform;

/**
 * A multiboot module: a file the boot loader puts into memory for the hypervisor.
 *
 * @param name what regions and messages call it, e.g. {@code dom0}
 * @param kind what it is
 * @param bytes its content; not to be changed
 * @param arguments its command line
 * @param address physical address, or {@link #ANYWHERE}
 */
public record BootModule(String name, Kind kind, byte[] bytes, String arguments, long address) {

    /** Let the loader choose the address. */
    public static final long ANYWHERE = -1;

    /** What a module is. */
    public enum Kind {
        KERNEL("multiboot,kernel"),
        RAMDISK("multiboot,ramdisk");

        private final String compatible;

        Kind(String compatible) {
            this.compatible = compatible;
        }

        String compatible() {
            return compatible;
        }
    }

    public BootModule {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("module '" + name + "' is empty");
        }
    }

    /** A kernel module placed by the loader. */
    public static BootModule kernel(String name, byte[] bytes, String arguments) {
        return new BootModule(name, Kind.KERNEL, bytes, arguments, ANYWHERE);
    }
}
