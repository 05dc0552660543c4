/** The bridge to the tensor engine: its start-up, networks as TorchScript text, weights from safetensors files. */
package org.stablevideo.tensor;
