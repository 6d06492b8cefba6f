package dev.breakmake.translation.walk;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.event.WalkStep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk of one address with everything it read. Exactly one of {@code translation} and {@code fault} is there.
 *
 * @param address input address
 * @param steps descriptors in the order read, stage 2 walks of table addresses included
 * @param translation result, or null
 * @param fault why there is none, or null
 */
public record Walk(
        long address,
        List<Step> steps,
        @Nullable Translation translation,
        @Nullable WalkFault fault) {

    public Walk {
        steps = List.copyOf(steps);
        if ((translation == null) == (fault == null)) {
            throw new IllegalArgumentException("a walk ends in a translation or in a fault");
        }
    }

    /**
     * One descriptor read.
     *
     * @param stage 1 or 2
     * @param table physical address of the table (IPA's PA for stage 1 under stage 2)
     * @param index index of the entry in that table
     * @param descriptorPa physical address of the descriptor
     * @param descriptor its decoded value
     */
    public record Step(int stage, long table, int index, long descriptorPa, Descriptor descriptor) {

        /** Level of the table. */
        public int level() {
            return descriptor.level();
        }

        /** Form for people. */
        public String text() {
            return "%s0x%x[%d] = 0x%016x  %s"
                    .formatted(stage == 2 ? "S2 " : "", table, index, descriptor.word(), descriptor.text());
        }
    }

    /** Output address of {@link #address}, or -1 after a fault. */
    public long output() {
        return translation == null ? -1 : translation.outputOf(address);
    }

    /** The steps in the shape events carry. */
    public List<WalkStep> toEventSteps() {
        List<WalkStep> result = new ArrayList<>(steps.size());
        for (Step step : steps) {
            result.add(new WalkStep(
                    step.level(), step.descriptorPa(), step.descriptor().word()));
        }
        return result;
    }

    /** One line per level and one for the end. */
    public String explain() {
        StringBuilder text = new StringBuilder("walk of 0x%x\n".formatted(address));
        for (Step step : steps) {
            text.append("  ").append(step.text()).append('\n');
        }
        if (translation != null) {
            text.append("  => PA 0x%x: %s\n".formatted(output(), translation.text()));
        } else if (fault != null) {
            text.append("  => ").append(fault.text()).append('\n');
        }
        return text.toString();
    }
}
