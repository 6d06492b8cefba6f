package dev.breakmake.qemu.compare;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MemoryView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Registers and table memory of one trace, brought forward event by event. */
final class TableReplay implements MemoryView {

    private static final int WORDS = 512;
    private static final long HCR_E2H = 1L << 34;

    private final boolean aarch32;
    private final List<RegisterFile> registers = new ArrayList<>();
    private final Map<Long, long[]> pages = new HashMap<>();
    private long lastPage = -1;
    private long @Nullable [] lastWords;

    /** The map taken last for each configuration, good until the next change of a table. */
    private final Map<RegimeConfiguration, AddressSpaceMap> maps = new HashMap<>();

    TableReplay(TraceHeader header) {
        Implementation implementation = Implementation.of(header);
        aarch32 = implementation.architecture() == dev.breakmake.translation.event.Architecture.AARCH32;
        for (int i = 0; i < header.peCount(); i++) {
            registers.add(new RegisterFile(implementation));
        }
    }

    void apply(TranslationEvent event) {
        switch (event) {
            case RegisterWrite write -> registers.get(write.pe()).apply(write);
            case PeState state -> {
                if (state.change() == PeState.Change.RESET || state.change() == PeState.Change.CPU_ON) {
                    registers.get(state.pe()).reset();
                }
            }
            case DescriptorWrite write -> {
                long pa = write.descriptorPa();
                pages.computeIfAbsent(pa >>> 12, page -> new long[WORDS])[(int) (pa >>> 3) & (WORDS - 1)] =
                        write.newDescriptor();
                lastPage = -1;
                maps.clear();
            }
            default -> {}
        }
    }

    /** What the hypervisor's regime of a PE translates, enabled or not; null while it has no root. */
    @Nullable
    AddressSpaceMap hypervisorMap(int pe) {
        RegisterFile file = registers.get(pe);
        TranslationRegister root = aarch32 ? TranslationRegister.HTTBR : TranslationRegister.TTBR0_EL2;
        return file.known(root) ? map(file.configuration(hypervisorRegime(file))) : null;
    }

    /** What stage 2 of a PE translates; null while it has no root. */
    @Nullable
    AddressSpaceMap stage2Map(int pe) {
        RegisterFile file = registers.get(pe);
        TranslationRegister root = aarch32 ? TranslationRegister.VTTBR : TranslationRegister.VTTBR_EL2;
        return file.known(root) ? map(file.configuration(Regime.STAGE2)) : null;
    }

    private Regime hypervisorRegime(RegisterFile file) {
        if (aarch32) {
            return Regime.HYP;
        }
        return (file.value(TranslationRegister.HCR_EL2) & HCR_E2H) != 0 ? Regime.EL2_0 : Regime.EL2;
    }

    private AddressSpaceMap map(RegimeConfiguration configuration) {
        return maps.computeIfAbsent(configuration, key -> AddressSpaceMap.of(key, this));
    }

    @Override
    public long read64(long pa) {
        long page = pa >>> 12;
        if (page != lastPage) {
            lastPage = page;
            lastWords = pages.get(page);
        }
        long[] words = lastWords;
        return words == null ? 0 : words[(int) (pa >>> 3) & (WORDS - 1)];
    }
}
