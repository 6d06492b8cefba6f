package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.TranslationEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of a run and what it did to the tables.
 *
 * @param step its number, from 0 over the whole run
 * @param firstSequence its first event
 * @param end the event that ended it; null for what follows the last complete step of a run
 * @param changes descriptors of every PE that changed, in order of their first write; unchanged rewrites are left out
 */
public record StepDiff(
        long step, long firstSequence, @Nullable TranslationEvent end, List<DescriptorDiff> changes) {
    public StepDiff {
        changes = List.copyOf(changes);
    }
}
