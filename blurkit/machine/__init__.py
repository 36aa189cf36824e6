"""What blurkit asks of this computer: model files, processes, files, memory, time."""
