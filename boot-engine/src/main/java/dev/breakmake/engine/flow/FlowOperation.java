package dev.breakmake.engine.flow;

/**
 * One architectural operation of a flow.
 *
 * @param index position in program order over all PEs, from 0
 * @param pe PE that executes it
 * @param routine routine it stands in
 * @param name what it is, e.g. {@code dsb nsh}, {@code msr TTBR0_EL2}, {@code store boot_third[3]}
 */
public record FlowOperation(int index, int pe, String routine, String name) {

    /** How people name it: routine and operation. */
    public String id() {
        return "pe%d/%s/%s".formatted(pe, routine, name);
    }
}
