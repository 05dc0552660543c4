package org.stablevideo.tensor;

/** What is added to a network's weights when they are loaded, such as LoRAs. */
public interface Patches {

    /** Nothing is added. */
    Patches NONE = new Patches() {
        @Override
        public boolean touches(String name) {
            return false;
        }

        @Override
        public void apply(Script script, String name) {
            throw new IllegalArgumentException("nothing to add to " + name);
        }
    };

    /** Whether something is added to a tensor. */
    boolean touches(String name);

    /** Adds it; the network holds the tensor in single precision by then. */
    void apply(Script script, String name);
}
