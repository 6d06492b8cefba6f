package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.translate.RegionFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a region contains: everything that direct branches, calls and the returns from those calls reach from its entry, as far as it
 * was executed before, up to a size. A called function is copied once per call, so that its return knows where it goes to; recursion
 * and long chains of calls end at a depth.
 */
final class RegionPlan {

    private static final int DEPTH = 5;
    private static final int PAGE = 1024;

    /** An activation of a function within the region; the outermost one has no caller. */
    static final class Call {
        final @Nullable Call caller;
        final int returnTo;
        final int depth;
        private final Map<Integer, Call> callees = new HashMap<>();

        private Call(final @Nullable Call caller, final int returnTo, final int depth) {
            this.caller = caller;
            this.returnTo = returnTo;
            this.depth = depth;
        }

        /** The activation that a call with that return address makes. */
        Call callee(final int returnAddress) {
            return callees.computeIfAbsent(returnAddress, each -> new Call(this, each, depth + 1));
        }
    }

    /** An instruction of an activation; its number counts from the first instruction of the entry's page. */
    record Place(Call call, int at) {

        // Written out as in AddressRange, so that a short process need not put them together.
        @Override
        public boolean equals(@Nullable final Object other) {
            return other instanceof final Place that && call == that.call && at == that.at;
        }

        @Override
        public int hashCode() {
            return 31 * call.hashCode() + at;
        }

        Place next() {
            return new Place(call, at + 1);
        }

        Place target(final MicroOp op) {
            return new Place(call, at + (int) (op.imm >> 2));
        }
    }

    /** Instructions that are only entered at the first and only left at the last one. */
    record Block(Place start, int length) {}

    private final IntFunction<@Nullable CodePage> pages;
    private final Map<Integer, CodePage> known = new HashMap<>();
    private final Set<Integer> unknown = new LinkedHashSet<>();
    /** Expected targets of indirect branches, looked up once: interpreters change what is known meanwhile. */
    private final Map<Integer, Integer> guesses = new HashMap<>();

    private final Set<Place> starts = new LinkedHashSet<>();
    private final Set<Place> members = new LinkedHashSet<>();
    private final Place entry;

    private RegionPlan(final CodePage code, final int index, final IntFunction<@Nullable CodePage> pages) {
        this.pages = pages;
        known.put(0, code);
        entry = new Place(new Call(null, 0, 0), index);
    }

    /**
     * Plans the region at an instruction.
     *
     * @param pages finds code by its distance from the entry's page, in pages; null where none is known
     * @return the plan, or null if there is too little to translate
     */
    static @Nullable RegionPlan of(
            final CodePage code, final int index, final int size, final IntFunction<@Nullable CodePage> pages) {
        final RegionPlan plan = new RegionPlan(code, index, pages);
        plan.discover(size);
        return plan.members.size() < 3 ? null : plan;
    }

    /** The same region with fewer instructions, of the pages this one found. */
    @Nullable
    RegionPlan smaller(final int size) {
        final CodePage code = known.get(0);
        return code == null ? null : of(code, entry.at, size, known::get);
    }

    /** Where it begins. */
    Place entry() {
        return entry;
    }

    /** Whether control may go to a place within the region. */
    boolean begins(final Place place) {
        return starts.contains(place) && members.contains(place);
    }

    /** The code page of a place, which must be a member's. */
    CodePage page(final int at) {
        final CodePage page = lookUp(at);
        if (page == null) {
            throw new IllegalStateException("place " + at + " is in no known page");
        }
        return page;
    }

    /** The micro-operation of a member. */
    MicroOp op(final int at) {
        return page(at).op(at & PAGE - 1);
    }

    private @Nullable CodePage lookUp(final int at) {
        if (at < -RegionFrame.FARTHEST || at >= RegionFrame.FARTHEST) {
            return null;
        }
        final int page = Math.floorDiv(at, PAGE);
        final CodePage code = known.get(page);
        if (code != null || unknown.contains(page)) {
            return code;
        }
        final CodePage found = pages.apply(page);
        if (found == null) {
            unknown.add(page);
        } else {
            known.put(page, found);
        }
        return found;
    }

    /** The operation at a place if it was executed before and can be translated, else null. */
    private @Nullable MicroOp candidate(final int at) {
        final CodePage code = lookUp(at);
        final MicroOp op = code == null ? null : code.ops[at & PAGE - 1];
        return op != null && translates(op) ? op : null;
    }

    private static boolean translates(final MicroOp op) {
        return switch (op.kind) {
            case Op.SYSTEM -> SystemOperations.keepsContext(op);
            case Op.MEMORY -> MemoryOperations.namesItsRegisters(op);
            case Op.END_OF_PAGE, Op.BREAKPOINT -> false;
            default -> true;
        };
    }

    private void discover(final int size) {
        final Deque<Place> todo = new ArrayDeque<>();
        todo.add(entry);
        while (!todo.isEmpty()) {
            final Place start = todo.poll();
            if (candidate(start.at) == null || members.size() >= size && !members.contains(start)) {
                continue;
            }
            starts.add(start);
            Place place = start;
            MicroOp op = candidate(place.at);
            while (op != null && members.size() < size && members.add(place)) {
                if (endsBlock(op.kind)) {
                    successors(place, op, todo);
                    break;
                }
                place = place.next();
                if ((place.at & PAGE - 1) == 0) {
                    todo.add(place);
                    break;
                }
                op = candidate(place.at);
            }
        }
    }

    private void successors(final Place place, final MicroOp op, final Deque<Place> todo) {
        switch (op.kind) {
            case Op.B -> todo.add(place.target(op));
            case Op.BL -> {
                if (place.call.depth < DEPTH) {
                    todo.add(new Place(place.call.callee(place.at + 1), place.target(op).at));
                }
            }
            case Op.BR -> {
                final Call caller = place.call.caller;
                final Place guess = indirect(place, op);
                if (op.n == 30 && caller != null) {
                    todo.add(new Place(caller, place.call.returnTo));
                } else if (guess != null) {
                    todo.add(guess);
                }
            }
            case Op.BLR -> {
                final Place guess = indirect(place, op);
                if (guess != null && place.call.depth < DEPTH) {
                    todo.add(guess);
                }
            }
            default -> {
                todo.add(place.next());
                todo.add(place.target(op));
            }
        }
    }

    /** Where a call or jump through a register is expected to lead, as it did last; null if nothing is known. */
    @Nullable
    Place indirect(final Place place, final MicroOp op) {
        if (op.kind == Op.BR && op.n == 30) {
            return null;
        }
        final int at = guesses.computeIfAbsent(place.at, this::guess);
        if (at == 0) {
            return null;
        }
        return new Place(op.kind == Op.BLR ? place.call.callee(place.at + 1) : place.call, at);
    }

    private int guess(final int at) {
        final int target = page(at).target(at & PAGE - 1);
        return target == 0 ? 0 : target + (at & -PAGE);
    }

    /** The blocks, the entry's first. */
    List<Block> blocks() {
        final List<Block> blocks = new ArrayList<>();
        for (final Place start : starts) {
            if (members.contains(start)) {
                blocks.add(new Block(start, length(start)));
            }
        }
        return blocks;
    }

    private int length(final Place start) {
        Place at = start;
        while (true) {
            final boolean ends = endsBlock(op(at.at).kind);
            at = at.next();
            if (ends || !members.contains(at) || starts.contains(at) || (at.at & PAGE - 1) == 0) {
                return at.at - start.at;
            }
        }
    }

    static boolean endsBlock(final int kind) {
        return switch (kind) {
            case Op.B, Op.BL, Op.BR, Op.BLR -> true;
            default -> isConditional(kind);
        };
    }

    /** Whether control goes on after a block that ends with this operation. */
    static boolean falls(final int kind) {
        return !endsBlock(kind) || isConditional(kind);
    }

    private static boolean isConditional(final int kind) {
        return switch (kind) {
            case Op.B_COND, Op.CBZ_X, Op.CBNZ_X, Op.CBZ_W, Op.CBNZ_W, Op.TBZ, Op.TBNZ -> true;
            default -> false;
        };
    }
}
