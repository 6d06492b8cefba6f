package dev.breakmake.cli.trace;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.Steps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One architectural step: the interval that ends with a register write, TLB invalidate, barrier or context synchronisation.
 *
 * @param step its number
 * @param end the event that ended it, or null for what came after the last
 * @param writes the descriptors that changed in it, every PE's, by physical address, first old and last new value
 */
public record StepChange(long step, @Nullable TranslationEvent end, List<Change> writes) {

    /**
     * A descriptor before and after the step.
     *
     * @param first the first write to it in the step
     * @param oldDescriptor its value before
     * @param newDescriptor its value after
     */
    public record Change(DescriptorWrite first, long oldDescriptor, long newDescriptor) {}

    public StepChange {
        writes = List.copyOf(writes);
    }

    /** Cuts events into steps. */
    public static final class Cutter implements EventSink {

        private final Steps steps = new Steps();
        private final SequencedMap<Long, Change> changes = new LinkedHashMap<>();
        private final Consumer<StepChange> out;

        /** Gives every finished step to the consumer. */
        public Cutter(Consumer<StepChange> out) {
            this.out = out;
        }

        @Override
        public void accept(TranslationEvent event) {
            long step = steps.stepOf(event);
            if (event instanceof DescriptorWrite write) {
                changes.merge(
                        write.descriptorPa(),
                        new Change(write, write.oldDescriptor(), write.newDescriptor()),
                        (earlier, now) -> new Change(earlier.first(), earlier.oldDescriptor(), now.newDescriptor()));
            }
            if (Steps.ends(event)) {
                out.accept(new StepChange(step, event, changed()));
            }
        }

        /** Gives what came after the last complete step, if tables changed in it. */
        public void finish() {
            List<Change> rest = changed();
            if (!rest.isEmpty()) {
                out.accept(new StepChange(steps.current(), null, rest));
            }
        }

        private List<Change> changed() {
            List<Change> real = new ArrayList<>(changes.values());
            real.removeIf(change -> change.oldDescriptor() == change.newDescriptor());
            changes.clear();
            return real;
        }
    }
}
