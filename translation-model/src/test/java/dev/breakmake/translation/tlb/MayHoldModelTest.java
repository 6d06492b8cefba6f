package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.register.Regime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The state against a plain reading of the architecture that goes through a list: random stores, barriers and invalidates of leaves in
 * EL2, EL1&amp;0 (two VMIDs, two ASIDs) and stage 2 of two PEs; after each step both must hold the same.
 */
final class MayHoldModelTest {
    private static final int PES = 2;
    private static final int NO_HINT = 0;

    /** A stale leaf, as the plain reading sees it. */
    private static final class Held {
        final Space space;
        final int level;
        final long input;
        final long descriptor;
        /** -1 for global. */
        final int asid;

        final int writer;
        final long born;
        long own = 3;
        long combined;

        Held(Space space, int level, long input, long descriptor, int writer, long born) {
            this.space = space;
            this.level = level;
            this.input = input;
            this.descriptor = descriptor;
            boolean global = space.regime == Regime.EL1_0 && (descriptor & TestTrees.NOT_GLOBAL) == 0;
            this.asid = global ? -1 : space.asid;
            this.writer = writer;
            this.born = born;
            combined = space.regime == Regime.STAGE2 ? 3 : 0;
        }

        long last() {
            return input + (1L << (level == 3 ? 12 : 21)) - 1;
        }

        String text() {
            return "%s vmid %d asid %d level %d 0x%x %x on %d/%d"
                    .formatted(space.regime, space.vmid, asid, level, input, descriptor, own, own | combined);
        }
    }

    /** Something an invalidate will remove once it is completed. */
    private record Pending(Held held, long pes, boolean onlyStage2, int pe, boolean shared, boolean nxs) {}

    private record Space(Regime regime, int vmid, int asid, long root, Tree tree) {
        long pages() {
            return root + 0x1000;
        }
    }

    /** What an invalidate says, before it is an operand. */
    private record Form(TlbOperation operation, Kind kind, Address address, boolean asid) {}

    private enum Kind {
        HYPERVISOR,
        GUEST,
        BOTH,
        EVERY_GUEST,
        STAGE2
    }

    private enum Address {
        NONE,
        ONE,
        RANGE
    }

    private static final List<Form> FORMS = List.of(
            new Form(TlbOperation.ALLE2, Kind.HYPERVISOR, Address.NONE, false),
            new Form(TlbOperation.VAE2, Kind.HYPERVISOR, Address.ONE, false),
            new Form(TlbOperation.VALE2, Kind.HYPERVISOR, Address.ONE, false),
            new Form(TlbOperation.RVAE2, Kind.HYPERVISOR, Address.RANGE, false),
            new Form(TlbOperation.RVALE2, Kind.HYPERVISOR, Address.RANGE, false),
            new Form(TlbOperation.VMALLE1, Kind.GUEST, Address.NONE, false),
            new Form(TlbOperation.ASIDE1, Kind.GUEST, Address.NONE, true),
            new Form(TlbOperation.VAE1, Kind.GUEST, Address.ONE, true),
            new Form(TlbOperation.VALE1, Kind.GUEST, Address.ONE, true),
            new Form(TlbOperation.VAAE1, Kind.GUEST, Address.ONE, false),
            new Form(TlbOperation.VAALE1, Kind.GUEST, Address.ONE, false),
            new Form(TlbOperation.RVAE1, Kind.GUEST, Address.RANGE, true),
            new Form(TlbOperation.RVALE1, Kind.GUEST, Address.RANGE, true),
            new Form(TlbOperation.RVAAE1, Kind.GUEST, Address.RANGE, false),
            new Form(TlbOperation.RVAALE1, Kind.GUEST, Address.RANGE, false),
            new Form(TlbOperation.VMALLS12E1, Kind.BOTH, Address.NONE, false),
            new Form(TlbOperation.ALLE1, Kind.EVERY_GUEST, Address.NONE, false),
            new Form(TlbOperation.IPAS2E1, Kind.STAGE2, Address.ONE, false),
            new Form(TlbOperation.IPAS2LE1, Kind.STAGE2, Address.ONE, false),
            new Form(TlbOperation.RIPAS2E1, Kind.STAGE2, Address.RANGE, false),
            new Form(TlbOperation.RIPAS2LE1, Kind.STAGE2, Address.RANGE, false));

    private final MayHold state = new MayHold(PES, Architecture.AARCH64, false);
    private final List<Space> spaces = new ArrayList<>();
    private final List<Held> model = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final long[][] barriers = new long[PES][2];
    private long now = 1;

    private void space(Regime regime, int vmid, int asid, long root) {
        Tree tree = TestTrees.tree(state, regime, vmid, asid, root);
        spaces.add(new Space(regime, vmid, asid, root, tree));
        for (int pe = 0; pe < PES; pe++) {
            // Both PEs may walk all of them at some time: who holds what is the invalidates' doing alone.
            state.walk(pe, regime, 0, tree, now, 0);
        }
        assertThat(tree.geometry().startLevel()).isEqualTo(2);
    }

    private MayHoldModelTest() {
        long root = 0x4000_0000L;
        space(Regime.EL2, 0, 0, root);
        for (int vmid = 1; vmid <= 2; vmid++) {
            for (int asid = 1; asid <= 2; asid++) {
                space(Regime.EL1_0, vmid, asid, root += 0x1_0000);
            }
            space(Regime.STAGE2, vmid, 0, root += 0x1_0000);
        }
    }

    private void store(SplittableRandom random) {
        Space space = spaces.get(random.nextInt(spaces.size()));
        boolean page = random.nextInt(3) != 0;
        int word = page ? random.nextInt(24) : 1 + random.nextInt(15);
        int level = page ? 3 : 2;
        long input = page ? 0x1000L * word : 0x20_0000L * word;
        long address = page ? space.pages() : space.root();
        long frame = 0x8000_0000L + 0x20_0000L * random.nextInt(8);
        long leaf = frame | 1L << 10 | (page ? 3 : 1) | (random.nextBoolean() ? TestTrees.NOT_GLOBAL : 0);
        long fresh = random.nextInt(3) == 0 ? 0 : leaf;
        int pe = random.nextInt(PES);
        Frame at = state.memory().frame(address);
        long old = at.word(word);
        at.store(word, fresh, now, pe, 0);
        if (old == fresh) {
            return;
        }
        for (TableSlice slice = at.firstSlice(); slice != null; slice = slice.nextOnFrame()) {
            state.replaced(slice, word, old, 0, fresh, now, pe, 0);
        }
        if ((old & 1) != 0) {
            model.add(new Held(space, level, input, old, pe, now));
        }
    }

    private void barrier(SplittableRandom random) {
        int pe = random.nextInt(PES);
        boolean shared = random.nextInt(4) != 0;
        boolean storesOnly = random.nextInt(4) == 0;
        boolean nxs = random.nextInt(4) == 0;
        state.barrier(pe, now, shared, storesOnly, nxs);
        barriers[pe][0] = now;
        barriers[pe][1] = shared ? now : barriers[pe][1];
        if (storesOnly) {
            return;
        }
        pending.removeIf(p -> {
            boolean done = p.pe == pe && (shared || !p.shared) && (p.nxs || !nxs);
            if (done) {
                p.held.own &= ~p.pes;
                p.held.combined &= p.onlyStage2 ? -1 : ~p.pes;
            }
            return done;
        });
        model.removeIf(held -> (held.own | held.combined) == 0);
    }

    private void invalidate(SplittableRandom random) {
        Form form = FORMS.get(random.nextInt(FORMS.size()));
        int pe = random.nextInt(PES);
        boolean shared = random.nextInt(3) != 0;
        boolean nxs = random.nextInt(3) == 0;
        int vmid = 1 + random.nextInt(2);
        int asid = 1 + random.nextInt(2);
        int level = random.nextInt(4);
        int granule = random.nextInt(6) == 0 ? random.nextInt(4) : 1;
        long page = random.nextBoolean() ? random.nextInt(24) : 512L * (1 + random.nextInt(15)) + random.nextInt(3);
        long start = page << 12;
        long last = -1;
        long operand = form.asid ? (long) asid << 48 : 0;
        boolean anyGranule = true;
        int hint = NO_HINT;
        switch (form.address) {
            case NONE -> start = 0;
            case ONE -> {
                boolean hinted = random.nextInt(3) == 0 && level != 0;
                hint = hinted && granule != 0 ? level : NO_HINT;
                anyGranule = hint == NO_HINT || granule == 1;
                operand |= page | (hinted ? (long) granule << 46 | (long) level << 44 : 0);
                last = start + 0xfff;
            }
            case RANGE -> {
                int num = random.nextInt(4);
                int scale = random.nextInt(3);
                hint = level;
                anyGranule = granule == 1;
                operand |= page | (long) level << 37 | (long) num << 39 | (long) scale << 44 | (long) granule << 46;
                last = start + ((num + 1L << 5 * scale + 1) << 12) - 1;
            }
        }
        state.invalidate(
                new TlbInvalidate(
                        now,
                        pe,
                        now,
                        0,
                        ExceptionLevel.EL2,
                        form.operation,
                        operand,
                        shared ? Shareability.ISH : Shareability.NSH,
                        nxs),
                now,
                vmid,
                false,
                false);
        long pes = shared ? 3 : 1L << pe;
        for (Held held : model) {
            boolean right = held.space.regime == Regime.EL2 || held.space.vmid == vmid || form.kind == Kind.EVERY_GUEST;
            boolean ordered = barriers[held.writer][shared ? 1 : 0] >= held.born;
            boolean meets = form.address == Address.NONE || held.input <= last && held.last() >= start;
            boolean suits = anyGranule && (hint == NO_HINT || hint == held.level);
            boolean tagged = !form.asid || held.asid == asid || held.asid == -1 && form.address != Address.NONE;
            if (right && ordered && meets && suits && tagged) {
                reach(form, held, pes, pe, shared, nxs);
            }
        }
    }

    private void reach(Form form, Held held, long pes, int pe, boolean shared, boolean nxs) {
        boolean both = form.kind == Kind.BOTH || form.kind == Kind.EVERY_GUEST;
        switch (held.space.regime) {
            case EL2 -> {
                if (form.kind == Kind.HYPERVISOR) {
                    pending.add(new Pending(held, pes, false, pe, shared, nxs));
                }
            }
            case EL1_0 -> {
                if (form.kind == Kind.GUEST || both) {
                    pending.add(new Pending(held, pes, false, pe, shared, nxs));
                }
            }
            default -> {
                if (both) {
                    pending.add(new Pending(held, pes, false, pe, shared, nxs));
                } else if (form.kind == Kind.STAGE2) {
                    pending.add(new Pending(held, pes & held.own, true, pe, shared, nxs));
                } else if (form.kind == Kind.GUEST && form.address == Address.NONE && !form.asid) {
                    // Combined entries come back from stage 2 entries that are still there.
                    pending.add(new Pending(held, pes & ~held.own, false, pe, shared, nxs));
                }
            }
        }
    }

    private Set<String> held() {
        Set<String> texts = new TreeSet<>();
        VersionStore versions = state.versions();
        int count = 0;
        for (TagSpace space : state.forest().spaces()) {
            for (int v = space.firstVersion(); v >= 0; v = versions.nextInSpace(v)) {
                count++;
                texts.add("%s vmid %d asid %d level %d 0x%x %x on %d/%d, stored by %d at %d"
                        .formatted(
                                space.regime(),
                                space.vmid(),
                                versions.asid(v),
                                versions.level(v),
                                versions.input(v),
                                versions.descriptor(v),
                                versions.stage2Holders(v),
                                versions.holders(v),
                                versions.writer(v),
                                versions.bornAt(v)));
            }
        }
        assertThat(count).isEqualTo(versions.size());
        return texts;
    }

    private Set<String> expected() {
        Set<String> texts = new TreeSet<>();
        model.forEach(held -> texts.add("%s, stored by %d at %d".formatted(held.text(), held.writer, held.born)));
        return texts;
    }

    /** Weights of stores, barriers and invalidates: calm runs invalidate all at once, busy ones pile up hundreds of stale leaves. */
    private void run(long seed, int steps, int stores, int barriers, int every) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < steps; step++) {
            now++;
            int kind = random.nextInt(100);
            if (kind < stores) {
                store(random);
            } else if (kind < stores + barriers) {
                barrier(random);
            } else {
                invalidate(random);
            }
            if (step % every == 0) {
                assertThat(held()).as("seed %d, step %d", seed, step).isEqualTo(expected());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatMayBeHeldIsWhatThePlainReadingSays(long seed) {
        new MayHoldModelTest().run(seed, 300, 40, 25, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {11})
    void manyStaleLeavesAreFoundByAddressToo(long seed) {
        new MayHoldModelTest().run(seed, 700, 75, 10, 7);
    }
}
