package dev.breakmake.engine.flow;

/**
 * One architectural operation of a flow.
 *
 * @param index position in program order over all PEs, from 0
 * @param pe PE that executes it
 * @param place routine it stands in
 * @param effect what it does
 */
public record FlowOperation(int index, int pe, Routine place, Effect effect) {

    /** Name of the routine it stands in. */
    public String routine() {
        return place.symbol();
    }

    /** What it is, e.g. {@code dsb nsh}. */
    public String name() {
        return effect.name();
    }

    /** How people name it: routine and operation. */
    public String id() {
        return "pe%d/%s/%s".formatted(pe, routine(), name());
    }
}
