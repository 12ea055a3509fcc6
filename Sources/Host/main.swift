print("munim")
