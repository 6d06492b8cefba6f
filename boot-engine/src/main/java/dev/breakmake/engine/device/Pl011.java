package dev.breakmake.engine.device;

/**
 * Arm PrimeCell UART (PL011, DDI 0183), with the fast wire of an emulator: a character written is sent at once, so the transmit FIFO
 * is always empty and each character raises the transmit interrupt.
 *
 * <p>Accesses of 1, 2 and 4 bytes are the same register. Bits a guest sets in registers without effect on the console (baud rate,
 * DMA) read back as written, as QEMU's model answers.
 */
public final class Pl011 implements MmioDevice, Stateful<Pl011.State> {

    /** Size of the window in bytes. */
    public static final long SIZE = 0x1000;

    private static final int DR = 0x00;
    private static final int RSR = 0x04;
    private static final int FR = 0x18;
    private static final int ILPR = 0x20;
    private static final int IBRD = 0x24;
    private static final int FBRD = 0x28;
    private static final int LCR_H = 0x2c;
    private static final int CR = 0x30;
    private static final int IFLS = 0x34;
    private static final int IMSC = 0x38;
    private static final int RIS = 0x3c;
    private static final int MIS = 0x40;
    private static final int ICR = 0x44;
    private static final int DMACR = 0x48;
    private static final int PERIPH_ID = 0xfe0;

    private static final int FR_RXFE = 1 << 4;
    private static final int FR_RXFF = 1 << 6;
    private static final int FR_TXFE = 1 << 7;
    private static final int INT_RX = 1 << 4;
    private static final int INT_TX = 1 << 5;
    private static final int LCR_FEN = 1 << 4;
    private static final int FIFO_DEPTH = 16;

    /** UARTPeriphID0-3 and UARTPCellID0-3 of revision r1p4. */
    private static final int[] IDENTIFICATION = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    /**
     * All registers.
     *
     * @param received characters that wait in the receive FIFO, oldest in the low byte of the first element
     */
    public record State(
            int receiveStatus,
            int lowPower,
            int integerBaud,
            int fractionalBaud,
            int lineControl,
            int control,
            int fifoLevels,
            int mask,
            int raw,
            int dmaControl,
            String received) {}

    private final ConsoleSink sink;
    private final InterruptController controller;
    private final int intid;

    private int receiveStatus;
    private int lowPower;
    private int integerBaud;
    private int fractionalBaud;
    private int lineControl;
    private int control = 0x300;
    private int fifoLevels = 0x12;
    private int mask;
    private int raw;
    private int dmaControl;
    private final StringBuilder received = new StringBuilder(FIFO_DEPTH);
    private boolean line;

    /**
     * A port after reset.
     *
     * @param sink gets every character sent
     * @param controller where the combined interrupt goes
     * @param intid INTID of the combined interrupt
     */
    public Pl011(ConsoleSink sink, InterruptController controller, int intid) {
        this.sink = sink;
        this.controller = controller;
        this.intid = intid;
    }

    /**
     * A character arrives on the wire; with the FIFO full it is lost, as on the wire.
     *
     * @return whether the FIFO took it
     */
    public boolean receive(int character) {
        int depth = (lineControl & LCR_FEN) != 0 ? FIFO_DEPTH : 1;
        if (received.length() >= depth) {
            return false;
        }
        received.append((char) (character & 0xff));
        raw |= INT_RX;
        update();
        return true;
    }

    @Override
    public long size() {
        return SIZE;
    }

    @Override
    public long read(long offset, int size, int pe) {
        int register = (int) offset & ~3;
        int value = switch (register) {
            case DR -> takeReceived();
            case RSR -> receiveStatus;
            case FR -> flags();
            case ILPR -> lowPower;
            case IBRD -> integerBaud;
            case FBRD -> fractionalBaud;
            case LCR_H -> lineControl;
            case CR -> control;
            case IFLS -> fifoLevels;
            case IMSC -> mask;
            case RIS -> raw;
            case MIS -> raw & mask;
            case DMACR -> dmaControl;
            default -> identification(register);
        };
        return Registers.narrow(value & 0xffff_ffffL, offset, size);
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        int word = (int) value;
        switch ((int) offset & ~3) {
            case DR -> {
                sink.transmit(word & 0xff, pe);
                raw |= INT_TX;
                update();
            }
            case RSR -> receiveStatus = 0;
            case ILPR -> lowPower = word;
            case IBRD -> integerBaud = word;
            case FBRD -> fractionalBaud = word;
            case LCR_H -> {
                if (((lineControl ^ word) & LCR_FEN) != 0) {
                    received.setLength(0);
                }
                lineControl = word;
            }
            case CR -> control = word;
            case IFLS -> fifoLevels = word;
            case IMSC -> {
                mask = word;
                update();
            }
            case ICR -> {
                raw &= ~word;
                update();
            }
            case DMACR -> dmaControl = word;
            default -> {
                // Read-only or reserved: writes are ignored.
            }
        }
    }

    private int flags() {
        int flags = FR_TXFE;
        if (received.isEmpty()) {
            flags |= FR_RXFE;
        }
        if (received.length() >= ((lineControl & LCR_FEN) != 0 ? FIFO_DEPTH : 1)) {
            flags |= FR_RXFF;
        }
        return flags;
    }

    private int takeReceived() {
        if (received.isEmpty()) {
            return 0;
        }
        int character = received.charAt(0);
        received.deleteCharAt(0);
        if (received.isEmpty()) {
            raw &= ~INT_RX;
            update();
        }
        return character;
    }

    private static int identification(int register) {
        int index = (register - PERIPH_ID) >> 2;
        return index >= 0 && index < IDENTIFICATION.length ? IDENTIFICATION[index] : 0;
    }

    private void update() {
        boolean asserted = (raw & mask) != 0;
        if (asserted != line) {
            line = asserted;
            controller.setSharedLine(intid, asserted);
        }
    }

    @Override
    public State save() {
        return new State(
                receiveStatus,
                lowPower,
                integerBaud,
                fractionalBaud,
                lineControl,
                control,
                fifoLevels,
                mask,
                raw,
                dmaControl,
                received.toString());
    }

    @Override
    public void restore(State state) {
        receiveStatus = state.receiveStatus;
        lowPower = state.lowPower;
        integerBaud = state.integerBaud;
        fractionalBaud = state.fractionalBaud;
        lineControl = state.lineControl;
        control = state.control;
        fifoLevels = state.fifoLevels;
        mask = state.mask;
        raw = state.raw;
        dmaControl = state.dmaControl;
        received.setLength(0);
        received.append(state.received);
        line = (raw & mask) != 0;
        controller.setSharedLine(intid, line);
    }
}
