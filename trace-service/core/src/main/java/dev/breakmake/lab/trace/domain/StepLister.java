package dev.breakmake.lab.trace.domain;

import dev.breakmake.trace.v1.BoundaryKind;
import dev.breakmake.trace.v1.Step;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the steps of a window. */
final class StepLister implements TraceVisitor {

    private final long firstStep;
    private final int limit;
    private final boolean changesOnly;
    private final SymbolNames symbols;
    private final List<Step> steps = new ArrayList<>();
    /** Per descriptor of the current step: its value before the step, to leave out what returned to it. */
    private final Map<Long, long[]> words = new HashMap<>();

    private long firstSequence = -1;

    StepLister(long firstStep, int limit, boolean changesOnly, SymbolNames symbols) {
        this.firstStep = firstStep;
        this.limit = limit;
        this.changesOnly = changesOnly;
        this.symbols = symbols;
    }

    @Override
    public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
        if (step < firstStep) {
            return true;
        }
        if (firstSequence < 0) {
            firstSequence = event.sequence();
        }
        if (event instanceof DescriptorWrite write) {
            words.computeIfAbsent(write.descriptorPa(), pa -> new long[] {write.oldDescriptor(), 0})[1] =
                    write.newDescriptor();
        }
        if (endsStep) {
            finish(step, event, EventText.kind(event), EventText.of(event));
        }
        return steps.size() <= limit;
    }

    @Override
    public void end(long step, TranslationEvent last, Moment moment) {
        if (firstSequence >= 0 && steps.size() <= limit) {
            finish(step, last, BoundaryKind.BOUNDARY_KIND_END, "end of trace");
        }
    }

    private void finish(long step, TranslationEvent event, BoundaryKind kind, String boundary) {
        long changes =
                words.values().stream().filter(pair -> pair[0] != pair[1]).count();
        if (!changesOnly || changes > 0) {
            steps.add(Step.newBuilder()
                    .setStep(step)
                    .setPe(event.pe())
                    .setPc(event.pc())
                    .setSymbol(symbols.text(event.pc()))
                    .setInstructions(event.instructions())
                    .setExceptionLevel(event.el().name())
                    .setBoundary(boundary)
                    .setKind(kind)
                    .setChangeCount((int) changes)
                    .setFirstSequence(firstSequence)
                    .setLastSequence(event.sequence())
                    .build());
        }
        words.clear();
        firstSequence = -1;
    }

    /** At most {@code limit} steps. */
    List<Step> steps() {
        return steps.size() > limit ? steps.subList(0, limit) : steps;
    }

    /** First step of the next page, or -1. */
    long nextStep() {
        return steps.size() > limit ? steps.get(limit).getStep() : -1;
    }
}
