package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.CodeCache;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.pe.ExecutionState;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.function.Consumer;

/**
 * The AArch32 state of a PE: core registers and modes, coprocessor 15, the interpreter, exceptions. Attached to the PE in place of
 * its AArch64 state; memory, translation, barriers, interrupts and power are the PE's own.
 */
public final class AArch32 implements ExecutionState {

    private static final CodeCache UNTRANSLATED = new CodeCache(Translation.OFF);

    /** Open to translated code, as are the registers. */
    final ProcessingElement pe;

    final Registers registers = new Registers();
    private final Security security;
    private final SystemState system;
    private final Exceptions exceptions;
    private final Interpreter interpreter;
    private boolean inMonitor;

    /** The state for a PE that runs little code or none: nothing is translated. */
    public AArch32(final ProcessingElement pe) {
        this(pe, UNTRANSLATED);
    }

    /** The state for a PE; decoded and translated code comes from and goes to the cache. */
    public AArch32(final ProcessingElement pe, final CodeCache code) {
        this(pe, code, false);
    }

    /**
     * The state for a PE that may have the Security Extensions.
     *
     * @param secure whether it has them, and starts in Secure Supervisor mode
     */
    public AArch32(final ProcessingElement pe, final CodeCache code, final boolean secure) {
        this.pe = pe;
        this.security = new Security(this, secure);
        this.system = new SystemState(this);
        this.exceptions = new Exceptions(this);
        this.interpreter = new Interpreter(this, code);
    }

    /** The PE this is the state of. */
    public ProcessingElement pe() {
        return pe;
    }

    /** Core registers and program status. */
    public Registers registers() {
        return registers;
    }

    /** Coprocessor 15. */
    SystemState system() {
        return system;
    }

    Security security() {
        return security;
    }

    Interpreter interpreter() {
        return interpreter;
    }

    /** Makes {@link #run} throw {@link dev.breakmake.engine.isa.Breakpoint} before the instruction at an address. */
    public void setBreakpoint(final long address) {
        interpreter.setBreakpoint((int) address);
    }

    Exceptions exceptions() {
        return exceptions;
    }

    @Override
    public void reset(final int level) {
        final boolean hyp = level == 2 && !security.present();
        registers.setCpsr((hyp ? Mode.HYP : Mode.SUPERVISOR) | Registers.A | Registers.I | Registers.F);
        inMonitor = false;
        system.reset();
        statusChanged();
    }

    @Override
    public void run() {
        while (pe.instructions < pe.limit) {
            try {
                interpreter.run();
            } catch (final GuestFault fault) {
                pe.take(fault);
                pe.instructions++;
            }
        }
    }

    @Override
    public void take(final GuestFault fault) {
        exceptions.take(fault);
    }

    @Override
    public void takeInterrupt(final boolean fast, final boolean toEl2) {
        exceptions.interrupt(fast, toEl2);
    }

    @Override
    public void setArguments(final long... values) {
        for (int i = 0; i < values.length; i++) {
            registers.r[i] = (int) values[i];
        }
    }

    @Override
    public long argument(final int index) {
        return registers.r[index] & 0xffff_ffffL;
    }

    @Override
    public void forEachRegister(final Consumer<Named> consumer) {
        for (int i = 0; i < 15; i++) {
            consumer.accept(new Named("r" + i, registers.r[i] & 0xffff_ffffL));
        }
        consumer.accept(new Named("pc", pe.pc));
        consumer.accept(new Named("cpsr", registers.cpsr() & 0xffff_ffffL));
        consumer.accept(new Named("elr_hyp", registers.elrHyp & 0xffff_ffffL));
    }

    /**
     * Writes a translation register of AArch32 as MCR or MCRR does.
     *
     * @throws IllegalArgumentException if it is not an AArch32 register the engine has
     */
    public void writeTranslation(final TranslationRegister register, final long value) {
        switch (register) {
            case HTTBR -> system.write(Cp15.Wide.HTTBR, value);
            case VTTBR -> system.write(Cp15.Wide.VTTBR, value);
            case TTBR0 -> system.write(Cp15.Wide.TTBR0, value);
            case TTBR1 -> system.write(Cp15.Wide.TTBR1, value);
            default -> system.write(Cp15.valueOf(register.name()), (int) value);
        }
    }

    @Override
    public long stackPointer() {
        return registers.r[13] & 0xffff_ffffL;
    }

    @Override
    public int registerHash() {
        // Without the PC, which is here only while an interpreted instruction looks.
        int hash = 1;
        for (int i = 0; i < 15; i++) {
            hash = 31 * hash + registers.r[i];
        }
        return hash;
    }

    private record Saved(Registers registers, SystemState.Saved system) {}

    @Override
    public Object save() {
        final Registers copy = new Registers();
        copy.copyFrom(registers);
        return new Saved(copy, system.save());
    }

    @Override
    public void restore(final Object saved) {
        final Saved from = (Saved) saved;
        registers.copyFrom(from.registers);
        inMonitor = registers.mode() == Mode.MONITOR;
        system.restore(from.system);
    }

    /** The mode, masks or both changed: the PE's level and masks follow, and a pending interrupt may be due. */
    void statusChanged() {
        if (inMonitor != (registers.mode() == Mode.MONITOR)) {
            inMonitor = !inMonitor;
            pe.system.decodeAgain();
        }
        final int level = switch (registers.mode()) {
            case Mode.HYP -> 2;
            case Mode.USER -> 0;
            default -> 1;
        };
        if (pe.el != level) {
            pe.changeLevel(level);
        }
        pe.daif = registers.control >>> 6 & 7;
        pe.maskChanged();
    }
}
