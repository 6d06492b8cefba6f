package dev.breakmake.cli.trace;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.walk.MemoryView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Translation registers of every PE and table memory, as the events so far leave them. */
public final class TableState implements EventSink, MemoryView {

    private final Map<Long, Long> words = new HashMap<>();
    private final List<RegisterFile> registers = new ArrayList<>();
    private @Nullable TraceHeader header;

    @Override
    public void accept(TranslationEvent event) {
        switch (event) {
            case TraceHeader first -> {
                header = first;
                for (int pe = 0; pe < first.peCount(); pe++) {
                    registers.add(new RegisterFile(Implementation.of(first)));
                }
            }
            case DescriptorWrite write -> words.put(write.descriptorPa(), write.newDescriptor());
            case RegisterWrite write -> registers.get(write.pe()).apply(write);
            case PeState state -> {
                if (state.change() == PeState.Change.RESET) {
                    registers.get(state.pe()).reset();
                }
            }
            default -> {}
        }
    }

    @Override
    public long read64(long pa) {
        return words.getOrDefault(pa, 0L);
    }

    /** Number of PEs of the run; 0 before its header. */
    public int pes() {
        return registers.size();
    }

    /** The regime of a PE as its registers configure it now. */
    public RegimeConfiguration configuration(int pe, Regime regime) {
        return registers.get(pe).configuration(regime);
    }

    /** The hypervisor's own regime on this architecture. */
    public Regime hypervisorRegime() {
        TraceHeader first = header;
        return first != null && first.architecture() == dev.breakmake.translation.event.Architecture.AARCH32
                ? Regime.HYP
                : Regime.EL2;
    }
}
