/** Layers of a clip: mappings, opacities, textures, the solvers and the atlas file. */
package org.stablevideo.atlas;
