package dev.breakmake.engine.pe;

import java.util.function.Consumer;

/**
 * An execution state that replaces a PE's own AArch64 one: registers, exception entry and the interpreter of AArch32. The PE keeps
 * what both share: memory and translation, barriers, interrupt inputs, power.
 */
public interface ExecutionState {

    /** A register by its name in the architecture, for reports and lockstep. */
    record Named(String name, long value) {}

    /** Puts registers into the reset state of an exception level (2 is Hyp, 1 Supervisor). */
    void reset(int level);

    /** Runs instructions until the PE's limit is reached. Synchronous exceptions are taken; interrupts are the caller's. */
    void run();

    /** Takes a synchronous exception at the current instruction. */
    void take(GuestFault fault);

    /** Takes an interrupt that is due. */
    void takeInterrupt(boolean fast, boolean toEl2);

    /** Sets the first general registers, as firmware does for the image it starts or a call it answers. */
    void setArguments(long... values);

    /** One of the first general registers, zero extended. */
    long argument(int index);

    /** Gives every core register, in the order people print them. */
    void forEachRegister(Consumer<Named> consumer);

    /** The current stack pointer. */
    long stackPointer();

    /** The whole state; later changes do not show in it. */
    Object save();

    /** Continues from what {@link #save} of a state of the same class gave. */
    void restore(Object saved);

    /** A hash of the general registers: equal states have equal ones. */
    int registerHash();
}
