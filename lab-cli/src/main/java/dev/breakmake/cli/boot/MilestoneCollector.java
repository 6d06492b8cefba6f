package dev.breakmake.cli.boot;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.SymbolSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks the milestones out of a run's events: roots, MMU and caches on and off, the identity map entered and left, PEs started,
 * aborts. A PE executes on the identity map while its MMU is on and its PC is a physical address of the image.
 */
public final class MilestoneCollector implements EventSink {

    private static final int MOST = 10_000;

    private final LongSupplier step;
    private final SymbolSource symbols;
    private final List<Milestone> milestones = new ArrayList<>();
    private @Nullable AddressRange image;
    private boolean[] mmuOn = new boolean[0];
    private boolean[] identity = new boolean[0];
    private boolean[] guestSeen = new boolean[0];

    /**
     * @param step the current step of the run, asked at every milestone
     * @param symbols names of code, asked when the milestones are
     */
    public MilestoneCollector(LongSupplier step, SymbolSource symbols) {
        this.step = step;
        this.symbols = symbols;
    }

    /** The milestones so far, in the order of the run; no more than the first 10,000. */
    public List<Milestone> milestones() {
        return milestones.stream().map(this::named).toList();
    }

    private Milestone named(Milestone milestone) {
        SymbolSource.CodeSymbol symbol = symbols.at(milestone.pc());
        return symbol == null ? milestone : milestone.at(symbol.toString());
    }

    @Override
    @SuppressWarnings("IfChainToSwitch") // a switch over types is made at run time: milliseconds (decision 0600)
    public void accept(TranslationEvent event) {
        if (event instanceof TraceHeader header) {
            mmuOn = new boolean[header.peCount()];
            identity = new boolean[header.peCount()];
            guestSeen = new boolean[header.peCount()];
            image = header.regions().stream()
                    .filter(region -> region.name().equals("image"))
                    .map(NamedRegion::physical)
                    .findFirst()
                    .orElse(null);
            return;
        }
        if (event instanceof PeState state) {
            peState(state);
        } else if (event instanceof Marker marker) {
            if (marker.kind() != Marker.Kind.CONSOLE_LINE) {
                add(event, Milestone.Kind.PHASE, marker.text());
            }
        } else {
            follow(event);
            if (event instanceof RegisterWrite write) {
                if (isRoot(write.register())) {
                    add(event, Milestone.Kind.ROOT, write.register() + " = 0x" + Long.toHexString(write.value()));
                }
            } else if (event instanceof ExceptionTaken taken && !taken.walk().isEmpty()) {
                add(
                        event,
                        Milestone.Kind.ABORT,
                        "at 0x%x, syndrome 0x%x, to %s"
                                .formatted(taken.faultAddress(), taken.syndrome(), taken.target()));
            }
        }
    }

    private void peState(PeState state) {
        int pe = state.pe();
        switch (state.change()) {
            case RESET -> {
                mmuOn[pe] = false;
                identity[pe] = false;
                add(state, Milestone.Kind.PE_RESET, "entry 0x" + Long.toHexString(state.argument()));
            }
            case CPU_ON -> add(state, Milestone.Kind.PE_ON, "entry 0x" + Long.toHexString(state.argument()));
            case CPU_OFF -> add(state, Milestone.Kind.PE_OFF, "");
            case MMU_ON -> {
                mmuOn[pe] = true;
                add(state, Milestone.Kind.MMU_ON, state.el().toString());
                follow(state);
            }
            case MMU_OFF -> {
                mmuOn[pe] = false;
                identity[pe] = false;
                add(state, Milestone.Kind.MMU_OFF, state.el().toString());
            }
            case CACHES_ON -> add(state, Milestone.Kind.CACHES_ON, state.el().toString());
            case CACHES_OFF -> add(state, Milestone.Kind.CACHES_OFF, state.el().toString());
            case EL_CHANGE -> {
                if (isGuest(state.el()) && !guestSeen[pe]) {
                    guestSeen[pe] = true;
                    add(state, Milestone.Kind.GUEST_ENTERED, state.el().toString());
                }
            }
        }
    }

    private static boolean isGuest(ExceptionLevel level) {
        return level == ExceptionLevel.EL1 || level == ExceptionLevel.EL0;
    }

    private static boolean isRoot(TranslationRegister register) {
        return register.name().contains("TTBR");
    }

    /** Notices when execution moves between the identity map and any other mapping. */
    private void follow(TranslationEvent event) {
        AddressRange loaded = image;
        int pe = event.pe();
        if (loaded == null || !mmuOn[pe] || isGuest(event.el())) {
            return;
        }
        boolean now = loaded.contains(event.pc());
        if (now != identity[pe]) {
            identity[pe] = now;
            add(event, now ? Milestone.Kind.IDENTITY_ENTERED : Milestone.Kind.IDENTITY_LEFT, "");
        }
    }

    private void add(TranslationEvent event, Milestone.Kind kind, String text) {
        if (milestones.size() < MOST) {
            milestones.add(
                    new Milestone(step.getAsLong(), event.pe(), event.instructions(), event.pc(), null, kind, text));
        }
    }
}
