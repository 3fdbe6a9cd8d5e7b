"""Trains a small network on solved pictures and reports how much of fresh ones it reads.

    train_cnn.py plain|attending TRAINING_FOLDER TEST_FOLDER [PROCESSOR_MINUTES]

It stands for an attacker who had 10,000 pictures solved by hand. The clock counts the processor
time of the process, all threads together.
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

from solvers import gray, interval, load


def arrays(folder, symbols):
    pictures = load(folder)
    images = np.stack([gray(image) for image, _, _ in pictures]).astype(np.float32)[..., None] / 127.5 - 1
    labels = np.array([[symbols.index(symbol) for symbol in answer] for _, answer, _ in pictures])
    return images, labels


def block(x, width, size=3, strides=1):
    layers = tf.keras.layers
    x = layers.Conv2D(width, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.95)(x))


def plain(shape, symbols, length):
    """Convolutions, then one classifier a place over the whole picture."""
    layers = tf.keras.layers
    inputs = layers.Input(shape)
    x = layers.MaxPool2D(2)(block(inputs, 24, 5, 2))
    x = layers.MaxPool2D(2)(block(block(x, 48), 64))
    x = layers.MaxPool2D(2)(block(block(x, 96), 96))
    x = layers.BatchNormalization(momentum=0.95)(layers.Dense(256, use_bias=False)(layers.Flatten()(x)))
    x = layers.Dense(length * symbols)(layers.Dropout(0.2)(layers.ReLU()(x)))
    return tf.keras.Model(inputs, layers.Reshape((length, symbols))(x))


def attending(shape, symbols, length):
    """Convolutions; for each place in the answer a map of where to look, made from the whole
    picture; then one classifier that all places share, so that a letter is learned once."""
    layers = tf.keras.layers
    inputs = layers.Input(shape)
    x = layers.MaxPool2D(2)(block(inputs, 24, 5, 2))
    x = block(block(x, 48), 64)
    x = layers.MaxPool2D(2)(x)
    x = block(block(x, 96), 128)
    height, width = x.shape[1:3]
    small = layers.AveragePooling2D((2, 2), padding="same")(block(x, 24, 1))
    where = layers.Dense(length * height * width)(layers.Dense(96, activation="relu")(layers.Flatten()(small)))
    where = layers.Softmax()(layers.Reshape((length, height * width))(where))
    features = layers.Reshape((height * width, 128))(x)
    seen = layers.Dot((2, 1))([where, features])
    return tf.keras.Model(inputs, layers.Dense(symbols)(layers.Dense(128, activation="relu")(seen)))


NETWORKS = {"plain": plain, "attending": attending}


def main(kind, training, test, minutes=5.0):
    answers = [answer for folder in (training, test) for _, answer, _ in load(folder)]
    symbols = "".join(sorted(set("".join(answers))))
    images, labels = arrays(training, symbols)
    fresh, truth = arrays(test, symbols)
    tf.random.set_seed(1)
    rng = np.random.default_rng(1)
    model = NETWORKS[kind](images.shape[1:], len(symbols), labels.shape[1])
    batch = 48
    # The rate falls with the processor time that is left, so that training ends settled.
    optimizer = tf.keras.optimizers.Adam(learning_rate=2e-3)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    started, rounds = time.process_time(), 0.0
    used = 0.0
    while used < minutes * 60:
        order = rng.permutation(len(images))
        losses = []
        for at in range(0, len(order) - batch + 1, batch):
            used = time.process_time() - started
            if used >= minutes * 60:
                break
            part = used / (minutes * 60)
            optimizer.learning_rate.assign(2e-3 * 0.5 * (1 + np.cos(np.pi * part)) + 1e-5)
            chosen = order[at : at + batch]
            x = images[chosen]
            # Shifts by a few pixels, and the negative of every second picture: both keep the text.
            dy, dx = rng.integers(-2, 3), rng.integers(-4, 5)
            x = np.roll(x, (dy, dx), (1, 2)) * rng.choice([-1.0, 1.0], (len(x), 1, 1, 1)).astype(np.float32)
            losses.append(float(step(x, labels[chosen])))
            rounds += batch / len(images)
        read = np.concatenate([model(fresh[at : at + 250]).numpy() for at in range(0, len(fresh), 250)]).argmax(-1)
        hits, each = int((read == truth).all(1).sum()), (read == truth).mean()
        print(f"{used:6.0f} s  {rounds:5.1f} rounds  loss {np.mean(losses):.3f}  symbols {each:.1%}  pictures {hits}/{len(truth)}", file=sys.stderr, flush=True)
    low, high = interval(hits, len(truth))
    print(f"trained network, {kind}\t{hits}\t{len(truth)}\t{hits / len(truth):.1%}\t{low:.1%}\t{high:.1%}")


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(*sys.argv[1:4], *(float(value) for value in sys.argv[4:5]))
