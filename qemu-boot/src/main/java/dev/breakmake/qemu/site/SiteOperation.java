package dev.breakmake.qemu.site;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;

/** What an instruction does, as far as address translation is concerned. Register numbers are those of the general registers. */
public sealed interface SiteOperation {

    /** Register number of an operand that reads as zero. */
    int ZERO = 31;

    /** Register number of an operand that does not exist. */
    int NONE = -1;

    /** Instructions whose operands are known only while the PE stands at them: the machine has to be stopped there. */
    sealed interface Stop extends SiteOperation {}

    /**
     * MSR, MCR or MCRR to a translation register.
     *
     * @param low register with the value, or its low 32 bits
     * @param high register with the high 32 bits (MCRR), else {@link #NONE}
     */
    record WriteRegister(TranslationRegister register, int low, int high) implements Stop {}

    /** TLBI; the operand register is {@link #ZERO} for operations without one. */
    record InvalidateTlb(TlbOperation operation, Shareability shareability, int operand, boolean nxs) implements Stop {}

    /** Write of VBAR_EL2 or HVBAR. */
    record WriteVectorBase(int value) implements Stop {}

    /** SMC or HVC, which may be PSCI CPU_ON. */
    record CallFirmware() implements Stop {}

    /** ERET. */
    record ReturnFromException() implements Stop {}

    /** DSB or DMB. */
    record DataBarrier(Barrier.Kind kind, Shareability domain, Barrier.AccessTypes types, boolean nxs)
            implements SiteOperation {}

    /** ISB. */
    record InstructionBarrier() implements SiteOperation {}
}
