package dev.breakmake.qemu.site;

/** Condition codes of both instruction sets (Arm ARM C1.2.4, F2.2). */
final class Conditions {

    private Conditions() {}

    /** Whether the condition holds under NZCV in bits 31:28 of a PSTATE or CPSR value. */
    static boolean hold(int condition, long programStatus) {
        boolean n = (programStatus >>> 31 & 1) != 0;
        boolean z = (programStatus >>> 30 & 1) != 0;
        boolean c = (programStatus >>> 29 & 1) != 0;
        boolean v = (programStatus >>> 28 & 1) != 0;
        boolean base = switch (condition >>> 1) {
            case 0 -> z;
            case 1 -> c;
            case 2 -> n;
            case 3 -> v;
            case 4 -> c && !z;
            case 5 -> n == v;
            case 6 -> n == v && !z;
            default -> true;
        };
        // Condition 15 is "always" too: inverting it would make it "never".
        return (condition & 1) != 0 && condition != 15 ? !base : base;
    }
}
