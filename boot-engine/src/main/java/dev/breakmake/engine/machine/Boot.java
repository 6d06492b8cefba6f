package dev.breakmake.engine.machine;

import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Boots an image once: the door for everyone who does not want to hold the machine. */
public final class Boot {

    private Boot() {}

    /**
     * Runs a boot to its end on the calling thread.
     *
     * @param events gets every translation event in order; null runs without any
     * @return the outcome; a bad image is an outcome too
     */
    public static BootResult run(final BootSpecification specification, final @Nullable EventSink events) {
        final BootPlan plan;
        try {
            plan = plan(specification);
        } catch (final BadImageException bad) {
            return badImage(String.valueOf(bad.getMessage()));
        }
        return new Machine(plan, specification, events).run();
    }

    /**
     * Runs a boot up to a number of instructions and keeps the machine as it is then.
     *
     * @param instructions of all PEs together; the prefix ends with the round that reaches them
     * @param withEvents whether forks tell the events, those of the prefix included
     * @return the snapshot, or null if the boot ended before
     * @throws BadImageException if the image cannot be booted at all
     */
    public static @Nullable Snapshot prefix(
            final BootSpecification specification, final long instructions, final boolean withEvents)
            throws BadImageException {
        final BootPlan plan = plan(specification);
        final List<TranslationEvent> events = new ArrayList<>();
        final Machine machine = new Machine(plan, specification, withEvents ? events::add : null);
        final boolean there = machine.runTo(() -> machine.instructions() >= instructions);
        return there ? machine.snapshot(events) : null;
    }

    private static BootPlan plan(final BootSpecification specification) throws BadImageException {
        final BootImage image = ImageReader.read(
                specification.imageName(),
                specification.image(),
                specification.options().flat());
        return BootPlan.of(specification.platform(), image, specification.options());
    }

    private static BootResult badImage(final String message) {
        return new BootResult(
                OutcomeKind.BAD_IMAGE,
                message,
                0,
                0,
                null,
                new TreeMap<>(),
                new TreeMap<>(),
                "",
                List.of(),
                List.of(),
                0);
    }
}
