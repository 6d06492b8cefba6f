package dev.breakmake.engine.symbol;

/** A symbol source that cannot be read; the message says what is wrong and where (offset in bytes, or line). */
public final class SymbolFileException extends Exception {

    private static final long serialVersionUID = 1L;

    SymbolFileException(String message) {
        super(message);
    }

    SymbolFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
