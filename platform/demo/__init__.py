"""The printed story and Alipay's acceptance cases. It knows addresses and keys, and speaks HTTP."""
