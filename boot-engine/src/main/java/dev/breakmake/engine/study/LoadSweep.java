package dev.breakmake.engine.study;

import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.machine.Until;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Boots one image from many load addresses: where it works, where it stops, and at which instruction. An image whose identity mapping
 * meets its own runtime addresses shows here, and nowhere on a board whose RAM lies elsewhere.
 */
public final class LoadSweep {

    /**
     * One boot.
     *
     * @param address physical address of the image's first byte
     * @param result how it ended
     * @param stop where it went wrong: the instruction that raised the first abort of an exception loop, the loop of a hang, the call of
     *     {@code panic} if nobody saw it on a console, else the PC at the end; {@code symbol+offset}, or the address if no symbol is there
     * @param findings what the checker says
     */
    public record Place(long address, BootResult result, String stop, List<Finding> findings) {

        public Place {
            findings = List.copyOf(findings);
        }

        /** Whether the boot came to its goal. */
        public boolean reached() {
            return result.kind() == OutcomeKind.REACHED;
        }
    }

    private static final String PANIC = "panic";

    private final BootSpecification base;
    private final SymbolTable symbols;
    private final Profile profile;
    private final long imageBytes;

    /**
     * A sweep.
     *
     * @param base the boot; its load address and symbols are replaced
     * @param symbols symbols at the addresses the image is linked at, or {@link SymbolTable#EMPTY}
     * @param imageBytes memory the image takes, with its zero-initialised data
     */
    public LoadSweep(
            final BootSpecification base, final SymbolTable symbols, final Profile profile, final long imageBytes) {
        this.base = base;
        this.symbols = symbols;
        this.profile = profile;
        this.imageBytes = imageBytes;
    }

    /**
     * Boots from each address of an arithmetic progression.
     *
     * @param from first address
     * @param end no address is as high as this one
     * @param step distance, positive
     * @param progress told of every boot when it has ended
     */
    public List<Place> run(final long from, final long end, final long step, final Consumer<Place> progress) {
        if (step <= 0) {
            throw new IllegalArgumentException("the step must be positive, not " + step);
        }
        final List<Place> places = new ArrayList<>();
        for (long address = from; address < end; address += step) {
            final Place place = boot(address);
            places.add(place);
            progress.accept(place);
        }
        return places;
    }

    /** Boots from one address. */
    public Place boot(final long address) {
        final OptionalLong start = symbols.address("_start");
        final long linked = start.orElse(address);
        final SymbolSource names = symbols.withAlias(new AddressRange(address, address + imageBytes), linked);
        final Checker checker =
                new Checker(CheckerOptions.defaults().withProfile(profile).withSymbols(names));
        final FirstAbort abort = new FirstAbort();
        final BootResult result = Boot.run(
                base.withOptions(base.options().withLoadAddress(address)).withSymbols(names), event -> {
                    checker.accept(event);
                    abort.accept(event);
                });
        if (result.kind() == OutcomeKind.LIMIT) {
            final Place panicked = panicked(address, linked, names, checker);
            if (panicked != null) {
                return panicked;
            }
        }
        final Long aborted = result.kind() == OutcomeKind.EXCEPTION_LOOP ? abort.pc : null;
        final boolean physical = result.walks().isEmpty();
        final long pc = aborted != null ? aborted : result.pc();
        return new Place(address, result, name(pc, physical && aborted == null, address, linked), checker.finish());
    }

    /**
     * A panic before there is a console says nothing and waits for seconds before it resets the board: the same boot again, up to
     * {@code panic}. Null if it does not come there.
     */
    private @Nullable Place panicked(
            final long address, final long linked, final SymbolSource names, final Checker checker) {
        final OptionalLong panic = symbols.address(PANIC);
        if (panic.isEmpty()) {
            return null;
        }
        final BootResult result = Boot.run(
                base.withOptions(base.options().withLoadAddress(address))
                        .withSymbols(names)
                        .withUntil(new Until.Address(panic.getAsLong(), PANIC)),
                null);
        if (result.kind() != OutcomeKind.REACHED) {
            return null;
        }
        final String link = base.platform().cpu().architecture() == Architecture.AARCH32 ? "r14" : "X30";
        final long caller = result.registers().getOrDefault(link, result.pc());
        final BootResult silent = new BootResult(
                OutcomeKind.PANICKED,
                "it panics before it has a console",
                result.pe(),
                result.pc(),
                result.symbol(),
                result.registers(),
                result.walks(),
                result.console(),
                result.lastLines(),
                result.instructions(),
                result.virtualNanoseconds());
        return new Place(address, silent, name(caller, false, address, linked), checker.finish());
    }

    /** With the MMU off an address is a physical one, whatever is linked there. */
    private String name(final long pc, final boolean physical, final long loaded, final long linked) {
        final boolean inImage = Long.compareUnsigned(pc - loaded, imageBytes) < 0;
        SymbolSource.CodeSymbol symbol = physical && inImage ? symbols.at(pc - loaded + linked) : symbols.at(pc);
        if (symbol == null && inImage) {
            symbol = symbols.at(pc - loaded + linked);
        }
        return symbol == null ? "0x%x".formatted(pc) : symbol.toString();
    }

    /** Remembers where the first abort to the hypervisor's own level came from; a boot that works takes none. */
    private static final class FirstAbort {

        /** Exception classes of aborts from the same level: instruction and data. */
        private static final int INSTRUCTION = 0x21;

        private static final int DATA = 0x25;

        private @Nullable Long pc;

        void accept(final TranslationEvent event) {
            if (pc == null && event instanceof final ExceptionTaken exception) {
                final int exceptionClass = (int) (exception.syndrome() >>> 26) & 0x3f;
                if (exceptionClass == INSTRUCTION || exceptionClass == DATA) {
                    pc = exception.pc();
                }
            }
        }
    }
}
