package dev.breakmake.engine.device;

/**
 * A part of the machine whose state can be taken and put back; this is how a machine is snapshotted and forked.
 *
 * @param <S> a value that never changes after it was taken, so that many machines may start from it
 */
public interface Stateful<S> {

    /** The whole state now. Later changes of this object do not show in it. */
    S save();

    /** Continues from a state, including the outputs (interrupt lines, clock requests) that follow from it. */
    void restore(S state);
}
