package dev.breakmake.cli.boot;

import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.study.LoadSweep;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One request booted from many load addresses, several at a time. */
public final class EngineSweep {

    private final LoadSweep sweep;
    private final Platform platform;

    private EngineSweep(LoadSweep sweep, Platform platform) {
        this.sweep = sweep;
        this.platform = platform;
    }

    /** The sweep of a request, whose own load address does not count. */
    public static EngineSweep of(BootRequest request) throws IOException {
        SymbolTable symbols = SymbolFiles.linked(request);
        BootSpecification specification = EngineBoot.specification(request, symbols);
        return new EngineSweep(
                new LoadSweep(
                        specification,
                        symbols,
                        request.profile(),
                        request.image().memoryBytes()),
                specification.platform());
    }

    /** The board's first bank of RAM. */
    public AddressRange ram() {
        return platform.ram().getFirst();
    }

    /** The board in words. */
    public String platform() {
        return EngineBoot.describe(platform);
    }

    /**
     * Boots from every address of an arithmetic progression.
     *
     * @param end no address is as high as this one
     * @param threads boots at a time
     * @param progress told whenever a boot has ended, by any thread
     * @return the boots by ascending address
     */
    public List<LoadSweep.Place> run(long from, long end, long step, int threads, Runnable progress)
            throws InterruptedException {
        try (ExecutorService boots = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("sweep-", 0).factory())) {
            List<Future<LoadSweep.Place>> started = new ArrayList<>();
            for (long address = from; Long.compareUnsigned(address, end) < 0; address += step) {
                long here = address;
                started.add(boots.submit(() -> {
                    LoadSweep.Place place = sweep.boot(here);
                    progress.run();
                    return place;
                }));
            }
            List<LoadSweep.Place> places = new ArrayList<>();
            for (Future<LoadSweep.Place> boot : started) {
                places.add(boot.get());
            }
            return places;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a boot of the sweep ended without an outcome", e.getCause());
        }
    }
}
