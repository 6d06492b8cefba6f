package dev.breakmake.translation.rule;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.NamedRegion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes violations. Building their text costs only for the first of each place. */
public interface Reporter {
    /** Level of rules that concern no table. */
    int NO_LEVEL = -2;

    /**
     * Reports a violation.
     *
     * @param rule the rule broken
     * @param grade severity of this case if milder than the rule's own, else null
     * @param place where it is broken
     * @return a record to fill if this is the first such violation there, else null
     */
    @Nullable
    Violation report(RuleId rule, @Nullable Severity grade, Place place);

    /** Names a range of virtual addresses; the smallest named range that holds an address names it in reports. */
    void region(String name, AddressRange range);

    /** Names physical memory: what the header says lies where. */
    void memory(List<NamedRegion> named);

    /** Notes that a rule could not be judged. */
    void notObservable(RuleId rule, String why);

    /**
     * Where a rule is broken.
     *
     * @param regime regime name without identifiers, empty if none
     * @param tag VMID or ASID as text, empty if none
     * @param level table level or {@link #NO_LEVEL}
     * @param pc instruction
     * @param pes PEs concerned, one bit each
     * @param start first input address
     * @param size bytes of input address; 0 for no range
     */
    record Place(String regime, String tag, int level, long pc, long pes, long start, long size) {}
}
