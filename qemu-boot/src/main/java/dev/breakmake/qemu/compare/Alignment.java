package dev.breakmake.qemu.compare;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pairs two sequences so that as much as possible is equal: common head and tail first, then a longest common subsequence. */
final class Alignment {

    /** Beyond this many cells the middle is not aligned: its heads are named as the one difference. */
    private static final long MAX_CELLS = 25_000_000;

    private Alignment() {}

    /** A pair; one side is null where the other has no partner. */
    record Pair(@Nullable KeyEvent left, @Nullable KeyEvent right) {}

    static List<Pair> of(List<KeyEvent> left, List<KeyEvent> right) {
        List<Pair> pairs = new ArrayList<>();
        int head = 0;
        int most = Math.min(left.size(), right.size());
        while (head < most && same(left.get(head), right.get(head))) {
            pairs.add(new Pair(left.get(head), right.get(head)));
            head++;
        }
        int tail = 0;
        while (tail < most - head && same(left.get(left.size() - 1 - tail), right.get(right.size() - 1 - tail))) {
            tail++;
        }
        middle(pairs, left.subList(head, left.size() - tail), right.subList(head, right.size() - tail));
        for (int i = tail; i > 0; i--) {
            pairs.add(new Pair(left.get(left.size() - i), right.get(right.size() - i)));
        }
        return pairs;
    }

    private static boolean same(KeyEvent left, KeyEvent right) {
        return left.text().equals(right.text());
    }

    private static void middle(List<Pair> pairs, List<KeyEvent> left, List<KeyEvent> right) {
        int rows = left.size();
        int columns = right.size();
        if ((long) rows * columns > MAX_CELLS) {
            pairs.add(new Pair(left.getFirst(), right.getFirst()));
            return;
        }
        int[][] common = new int[rows + 1][columns + 1];
        for (int i = rows - 1; i >= 0; i--) {
            for (int j = columns - 1; j >= 0; j--) {
                common[i][j] = same(left.get(i), right.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < rows || j < columns) {
            if (i < rows && j < columns && same(left.get(i), right.get(j))) {
                pairs.add(new Pair(left.get(i++), right.get(j++)));
            } else if (j == columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) {
                pairs.add(new Pair(left.get(i++), null));
            } else {
                pairs.add(new Pair(null, right.get(j++)));
            }
        }
    }
}
