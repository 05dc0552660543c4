"""Makes redness.onnx, the smallest matte network: what is redder than green, by a 1x1 convolution and a sigmoid. Needs the package onnx."""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, "h", "w"])
matte = helper.make_tensor_value_info("matte", TensorProto.FLOAT, [1, 1, "h", "w"])
weight = numpy_helper.from_array(np.array([20, -20, 0], np.float32).reshape(1, 3, 1, 1), "weight")
nodes = [helper.make_node("Conv", ["picture", "weight"], ["odds"], kernel_shape=[1, 1]), helper.make_node("Sigmoid", ["odds"], ["matte"])]
model = helper.make_model(helper.make_graph(nodes, "redness", [picture], [matte], [weight]), opset_imports=[helper.make_opsetid("", 11)])
model.ir_version = 6
checker.check_model(model)
save(model, "redness.onnx")
