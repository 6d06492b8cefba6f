package dev.breakmake.lab.trace.app;

import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.symbol.SymbolFileException;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.testkit.RealImages;
import dev.breakmake.trace.v1.CodeSymbol;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.trace.TraceSummary;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A boot of a real Xen on the engine: its trace file, and names for the code addresses in it. */
record RealBoot(byte[] file, TraceSummary summary, BootResult result, List<CodeSymbol> symbols) {

    /** Boots {@code name}, for example {@code 4.17-arm64}, on the virt machine with 128 MiB. */
    static RealBoot of(String name, int pes) throws IOException, SymbolFileException {
        byte[] image = Files.readAllBytes(RealImages.require(name, "xen"));
        SymbolTable table = SymbolTable.read(Files.readAllBytes(RealImages.require(name, "xen-syms")))
                .withAlias(new AddressRange(0x4020_0000L, 0x4060_0000L), 0x20_0000L);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TreeSet<Long> addresses = new TreeSet<>(Long::compareUnsigned);
        try (TraceWriter writer = new TraceWriter(out)) {
            BootResult result = Boot.run(
                    BootSpecification.of(
                            name, image, Platform.virt(CpuModel.of(Architecture.AARCH64), pes, 128L << 20, 2)),
                    (TranslationEvent event) -> {
                        writer.accept(event);
                        addresses.add(event.pc());
                    });
            TraceSummary summary = writer.finish();
            List<CodeSymbol> symbols = new ArrayList<>();
            for (long address : addresses) {
                SymbolSource.CodeSymbol symbol = table.at(address);
                if (symbol != null) {
                    symbols.add(CodeSymbol.newBuilder()
                            .setPc(address)
                            .setSymbol(symbol.name())
                            .setSymbolOffset(symbol.offset())
                            .build());
                }
            }
            return new RealBoot(out.toByteArray(), summary, result, symbols);
        }
    }
}
