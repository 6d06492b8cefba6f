package dev.breakmake.engine.symbol;

/** Searching unsigned addresses in ascending order. */
final class Addresses {

    private Addresses() {}

    /** Index of the last address that is not above another one; -1 if all are. */
    static int lastAtOrBelow(long[] addresses, long limit) {
        int low = 0;
        int high = addresses.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], limit) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
