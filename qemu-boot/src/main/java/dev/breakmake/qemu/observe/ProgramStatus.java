package dev.breakmake.qemu.observe;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;

/** Reads PSTATE as QEMU shows it (Arm ARM C5.2.20, SPSR_EL2) and CPSR. */
final class ProgramStatus {

    private static final int AARCH32 = 0x10;

    private ProgramStatus() {}

    /** Exception level of a PE that starts in that architecture's state. */
    static ExceptionLevel level(Architecture architecture, long status) {
        if (architecture == Architecture.AARCH64 && (status & AARCH32) == 0) {
            return switch ((int) (status >>> 2) & 3) {
                case 0 -> ExceptionLevel.EL0;
                case 1 -> ExceptionLevel.EL1;
                case 2 -> ExceptionLevel.EL2;
                default -> ExceptionLevel.EL3;
            };
        }
        return switch ((int) status & 0x1f) {
            case 0x1a -> ExceptionLevel.EL2;
            case 0x10 -> ExceptionLevel.EL0;
            case 0x16 -> ExceptionLevel.S_EL3;
            default -> ExceptionLevel.EL1;
        };
    }
}
