package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Runs a method of a compiled script. DJL's own {@code IValueUtils.runMethod} always runs in inference mode, where no gradient can be taken;
 * this lives in the same package to reach the flag behind it.
 */
public final class MethodCall {

    private MethodCall() {}

    /**
     * Runs a method and returns its result, which the caller closes.
     *
     * @param block the loaded script
     * @param method name of the method
     * @param training whether gradients can be taken inside (the script still switches them on itself)
     * @param arguments owned by the caller
     */
    public static IValue run(PtSymbolBlock block, String method, boolean training, IValue... arguments) {
        long[] handles = new long[arguments.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = arguments[i].getHandle();
        }
        return new IValue(PyTorchLibrary.LIB.moduleRunMethod(block.getHandle(), method, handles, training, false));
    }
}
