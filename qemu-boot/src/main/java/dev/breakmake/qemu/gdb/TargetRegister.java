package dev.breakmake.qemu.gdb;

/**
 * One register of the target description.
 *
 * @param name as the description spells it, e.g. {@code x0} or {@code TTBR0_EL2}
 * @param number number for the {@code p} and {@code P} packets
 * @param bits width in bits
 * @param feature the description's feature it belongs to, e.g. {@code org.gnu.gdb.aarch64.core}
 */
public record TargetRegister(String name, int number, int bits, String feature) {

    /** Width in bytes, rounded up. */
    public int bytes() {
        return (bits + 7) / 8;
    }
}
