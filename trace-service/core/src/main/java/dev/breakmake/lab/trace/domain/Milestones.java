package dev.breakmake.lab.trace.domain;

import dev.breakmake.trace.v1.ListMilestonesResponse;
import dev.breakmake.trace.v1.Milestone;
import dev.breakmake.trace.v1.MilestoneKind;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.register.TableBase;
import java.util.HashMap;
import java.util.Map;

/** Collects the moments worth a person's look. */
final class Milestones implements TraceVisitor {

    private static final int LIMIT = 10_000;
    private static final int TEXT_LIMIT = 400;
    private static final long MMU = 1;
    private static final long DATA_CACHE = 1 << 2;

    private final SymbolNames symbols;
    private final ListMilestonesResponse.Builder result = ListMilestonesResponse.newBuilder();
    /** Last value written per PE and register, to see what a write changed. */
    private final Map<String, Long> values = new HashMap<>();

    Milestones(SymbolNames symbols) {
        this.symbols = symbols;
    }

    @Override
    public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
        switch (event) {
            case RegisterWrite write -> register(step, write);
            case PeState state -> peState(step, state);
            case Marker marker ->
                add(
                        step,
                        marker,
                        marker.kind() == Marker.Kind.CONSOLE_LINE
                                ? MilestoneKind.MILESTONE_KIND_CONSOLE
                                : MilestoneKind.MILESTONE_KIND_MARKER,
                        marker.text());
            case ExceptionTaken taken
            when taken.faultAddress() != 0 ->
                add(
                        step,
                        taken,
                        MilestoneKind.MILESTONE_KIND_EXCEPTION,
                        "exception to " + taken.target() + ", syndrome " + Texts.hex(taken.syndrome())
                                + ", fault address " + Texts.hex(taken.faultAddress()));
            default -> {}
        }
        return true;
    }

    private void register(long step, RegisterWrite write) {
        Long before = values.put(write.pe() + "/" + write.register(), write.value());
        if (before != null && before == write.value()) {
            return;
        }
        long old = before == null ? 0 : before;
        switch (write.register()) {
            case SCTLR_EL1, SCTLR_EL2, HSCTLR, SCTLR -> systemControl(step, write, old);
            case TTBR0_EL1, TTBR1_EL1, TTBR0_EL2, TTBR1_EL2, HTTBR, TTBR0, TTBR1, VTTBR, VTTBR_EL2 ->
                add(
                        step,
                        write,
                        MilestoneKind.MILESTONE_KIND_ROOT,
                        write.register() + " root " + Texts.hex(new TableBase(write.value()).address())
                                + (before == null ? "" : ", was " + Texts.hex(new TableBase(old).address())));
            default -> add(step, write, MilestoneKind.MILESTONE_KIND_REGISTER, EventText.of(write));
        }
    }

    private void systemControl(long step, RegisterWrite write, long old) {
        long changed = old ^ write.value();
        boolean mmu = (write.value() & MMU) != 0;
        boolean cache = (write.value() & DATA_CACHE) != 0;
        if ((changed & MMU) != 0) {
            String caches = (changed & DATA_CACHE) == 0 ? "" : cache ? " and data cache on" : " and data cache off";
            add(
                    step,
                    write,
                    MilestoneKind.MILESTONE_KIND_MMU,
                    (mmu ? "MMU on" : "MMU off") + caches + " (" + EventText.of(write) + ")");
        } else if ((changed & DATA_CACHE) != 0) {
            add(
                    step,
                    write,
                    MilestoneKind.MILESTONE_KIND_MMU,
                    (cache ? "data cache on" : "data cache off") + " (" + EventText.of(write) + ")");
        } else {
            add(step, write, MilestoneKind.MILESTONE_KIND_REGISTER, EventText.of(write));
        }
    }

    private void peState(long step, PeState state) {
        String text = switch (state.change()) {
            case RESET -> "reset, entry " + Texts.hex(state.argument());
            case CPU_ON -> "PE on, entry " + Texts.hex(state.argument());
            case CPU_OFF -> "PE off";
            case EL_CHANGE -> "now at " + state.el();
            // The register write that did it says more.
            case MMU_ON, MMU_OFF, CACHES_ON, CACHES_OFF -> "";
        };
        if (!text.isEmpty()) {
            add(step, state, MilestoneKind.MILESTONE_KIND_PE, text);
        }
    }

    private void add(long step, TranslationEvent event, MilestoneKind kind, String text) {
        if (result.getMilestonesCount() >= LIMIT) {
            result.setTruncated(true);
            return;
        }
        result.addMilestones(Milestone.newBuilder()
                .setStep(step)
                .setPe(event.pe())
                .setText(text.length() > TEXT_LIMIT ? text.substring(0, TEXT_LIMIT) : text)
                .setPc(event.pc())
                .setSymbol(symbols.text(event.pc()))
                .setKind(kind)
                .setInstructions(event.instructions()));
    }

    ListMilestonesResponse result() {
        return result.build();
    }
}
