package dev.breakmake.translation.trace;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.register.Regime;
import java.util.List;

/**
 * One descriptor that changed in a step. Several writes to it in the same step are one change from the first old to the last new
 * value.
 *
 * @param pe PE of the last write
 * @param pc instruction of the last write
 * @param sequence event of the last write
 * @param descriptorPa its physical address
 * @param before value before the step
 * @param after value after the step
 * @param origin how the last write happened
 * @param places where it stands in the trees known at the end of the step; empty while no known root reaches it
 */
public record DescriptorDiff(
        int pe,
        long pc,
        long sequence,
        long descriptorPa,
        long before,
        long after,
        WriteOrigin origin,
        List<Place> places) {

    public DescriptorDiff {
        places = List.copyOf(places);
    }

    /**
     * A position of the descriptor in a tree; shared tables have several.
     *
     * @param regime regime of the root
     * @param root physical address of the root
     * @param live whether an enabled regime of some PE uses the root at the end of the step
     * @param table physical address of the table
     * @param level its level
     * @param index index of the entry in the table
     * @param input input addresses the entry serves
     * @param before old value, decoded
     * @param after new value, decoded
     */
    public record Place(
            Regime regime,
            long root,
            boolean live,
            long table,
            int level,
            int index,
            AddressRange input,
            Descriptor before,
            Descriptor after) {

        /** Form for people. */
        public String text() {
            return "%s root 0x%x%s L%d[%d] %s: %s -> %s"
                    .formatted(
                            regime, root, live ? "" : " (not live)", level, index, input, before.text(), after.text());
        }
    }
}
