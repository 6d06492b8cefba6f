package dev.breakmake.translation.event;

/**
 * Exception level and security state. AArch32 modes map as in the Arm ARM: Hyp is EL2, the PL1 modes are EL1, User is EL0;
 * Secure PL1 modes of an AArch32 EL3 (Monitor included) are {@link #S_EL3}.
 */
public enum ExceptionLevel {
    EL0,
    EL1,
    EL2,
    EL3,
    S_EL0,
    S_EL1,
    S_EL3
}
