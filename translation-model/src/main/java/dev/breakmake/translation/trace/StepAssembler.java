package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts a run into steps and gives each with its page-table diff to a consumer, as soon as it is complete. */
public final class StepAssembler implements EventSink {
    private final Consumer<StepDiff> consumer;
    private final Steps steps = new Steps();
    private final Map<Long, Change> changes = new LinkedHashMap<>();
    private @Nullable TreeIndex trees;
    private long firstSequence;

    /** What a step did to one word so far. */
    private record Change(long before, DescriptorWrite last) {}

    /** An assembler that starts at the beginning of a run. */
    public StepAssembler(Consumer<StepDiff> consumer) {
        this.consumer = consumer;
    }

    @Override
    public void accept(TranslationEvent event) {
        if (event instanceof TraceHeader header) {
            trees = new TreeIndex(header);
            return;
        }
        TreeIndex index = index();
        switch (event) {
            case DescriptorWrite write -> {
                index.write(write.descriptorPa(), write.oldDescriptor(), write.newDescriptor());
                changes.merge(
                        write.descriptorPa(),
                        new Change(write.oldDescriptor(), write),
                        (old, now) -> new Change(old.before(), write));
            }
            case RegisterWrite write -> index.register(write);
            case PeState state -> {
                if (state.change() == PeState.Change.RESET) {
                    index.reset(state.pe());
                }
            }
            default -> {}
        }
        long step = steps.stepOf(event);
        if (Steps.ends(event)) {
            emit(step, event);
            firstSequence = event.sequence() + 1;
        }
    }

    /** Gives what follows the last complete step, if anything changed there. */
    public void finish() {
        if (!changes.isEmpty()) {
            emit(steps.current(), null);
        }
    }

    private TreeIndex index() {
        TreeIndex index = trees;
        if (index == null) {
            throw new IllegalArgumentException("a run starts with its header");
        }
        return index;
    }

    private void emit(long step, @Nullable TranslationEvent end) {
        List<DescriptorDiff> diffs = new ArrayList<>();
        if (!changes.isEmpty()) {
            TreeIndex.Lookup lookup = index().lookup();
            for (Change change : changes.values()) {
                DescriptorWrite last = change.last();
                if (change.before() != last.newDescriptor()) {
                    diffs.add(new DescriptorDiff(
                            last.pe(),
                            last.pc(),
                            last.sequence(),
                            last.descriptorPa(),
                            change.before(),
                            last.newDescriptor(),
                            last.origin(),
                            lookup.places(last.descriptorPa(), change.before(), last.newDescriptor())));
                }
            }
            changes.clear();
        }
        consumer.accept(new StepDiff(step, firstSequence, end, diffs));
    }
}
