/** One class in DJL's own package, for what its public interface leaves out. */
package ai.djl.pytorch.jni;
